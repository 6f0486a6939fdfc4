// Package store keeps registrations, the person's data encrypted.
package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/registration/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	pool   *pgxpool.Pool
	outbox *events.Outbox
	keys   *secret.Keys
}

// New is the schema behind the pool.
func New(pool *pgxpool.Pool, outbox *events.Outbox, keys *secret.Keys) *Store {
	return &Store{pool: pool, outbox: outbox, keys: keys}
}

// Pool is for single statements.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	q    *db.Queries
	keys *secret.Keys
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, q: db.New(tx), keys: s.keys})
	})
}
