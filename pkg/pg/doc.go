// Package pg is how services use Postgres: a pool that is one role in one schema, transactions that may be
// retried, and migrations.
//
// Everything runs READ COMMITTED; a rule that needs more is one statement or takes a lock by name.
package pg
