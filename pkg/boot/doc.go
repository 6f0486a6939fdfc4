// Package boot runs services: each in a process of its own, or all of them in one, from the same code.
//
// A service is a [Service] value whose Run gets a [Platform]: the one seam between a service and what it
// runs on. In production the platform listens and dials TCP with mutual TLS; in one process gRPC
// goes through a pipe in memory and HTTP straight to the handler: both assert the dialler's name, so that the access rules
// hold there too.
package boot
