// Package errs is the one error type that travels from a decision in a service to the person who asked.
//
// A service refuses with an [Error]: a [Kind] (what kind of refusal, hence which gRPC code and HTTP
// status), a [Reason] (stable, machine-readable, the key of the localised text), the wrong fields and, where
// waiting helps, how long. Package rpc turns it into a gRPC status and back; the gateway turns it into a
// problem document (RFC 9457). The cause is logged where the error leaves the service and goes no further.
package errs
