// Package idempotency makes creating and sending calls repeatable: the same request sent again under the same key has
// one effect and gets the first one's answer (draft-ietf-httpapi-idempotency-key-header).
//
// It belongs to the service that the outside calls. Its API wraps a use case in [Run]; the use case calls the hook that
// it is given in the transaction of its effect, so effect and answer are stored together or not at all, and exactly one
// of two concurrent callers wins. Calls between services need none of this: they carry natural keys (a flow, an order, a
// message id).
//
// What is stored is the RPC's protobuf answer, encrypted, for 24 hours; of the request only a keyed hash.
package idempotency
