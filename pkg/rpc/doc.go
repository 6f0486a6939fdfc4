// Package rpc is how Propusk's services call each other over gRPC.
//
// A server answers only methods that have a [Rule]: which services may call it, and which end user must stand
// behind the call. The calling service is known from the connection (its certificate, or the in-process pipe);
// the end user from an internal token that the gateway mints. Refusals travel as [errs.Error]: the server's
// interceptor logs the chain once and sends only what the caller may know; the client's interceptor makes it an
// [errs.Error] again.
package rpc
