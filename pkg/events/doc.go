// Package events carries facts between services: written with the change they report, delivered at least once,
// in effect exactly once.
//
// A producer writes an event into its outbox in the transaction of the change ([Outbox.Emit]); every replica's
// [Relay] publishes what is unsent to JetStream, stream PROPUSK_<SERVICE>, subject propusk.<service>.v1.<event>.
// A [Consumer] is a durable pull consumer; its handlers take part in exactly-once by noting the delivery in the
// inbox in their own transaction ([Once]). An event that cannot be handled goes to dead_letters.
//
// Events hold identifiers, never personal data. Handlers must accept any order; a projection that copies state
// compares [Delivery.Version] per producer and aggregate.
package events
