// Package events carries facts between services: written with the change they report, delivered at least once,
// in effect exactly once.
//
// A producer writes an event into its outbox in the transaction of the change ([Outbox.Emit]). Right after the commit its
// [Publisher] sends it to JetStream from memory, many at once, and marks in bulk what the stream has stored; the relay in
// every replica takes up what was left behind. Facts, which others act on, are in the stream PROPUSK_<SERVICE>, subject
// propusk.<service>.v1.<event>; records, which only audit wants (option record of their contract), are in
// PROPUSK_<SERVICE>_RECORDS, subject propusk.<service>.records.v1.<event>. Each has limits of its own; what is full or
// away delays and says so ([Publisher.Warnings], metrics, one line in the log), and loses nothing. What anybody can cause
// without limit is no event but counted ([Tally]).
//
// A [Consumer] is a durable pull consumer; its handlers take part in exactly-once by noting the delivery in the
// inbox in their own transaction ([Once]). An event that cannot be handled goes to dead_letters, where an operator finds it
// ([Admin]).
//
// Sent events stay in the outbox for seven days, in daily partitions, and can be published again ([Admin.Replay]).
//
// Events hold identifiers, never personal data. Handlers must accept any order; a projection that copies state compares
// the version that the copied row itself carries.
package events
