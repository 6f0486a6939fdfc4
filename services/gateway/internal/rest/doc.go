// Package rest is the public JSON API: grpc-gateway over the services' contracts, and plain handlers for what
// composes several of them.
//
// It takes only the Authorization header, never a cookie. Errors are problem documents (RFC 9457).
package rest
