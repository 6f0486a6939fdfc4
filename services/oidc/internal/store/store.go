// Package store keeps clients, consents, grants and keys in Postgres, and interactions and codes in Redis.
package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	pool   *pgxpool.Pool
	q      *db.Queries
	outbox *events.Outbox
}

// New is the schema behind the pool.
func New(pool *pgxpool.Pool, outbox *events.Outbox) *Store {
	return &Store{pool: pool, q: db.New(pool), outbox: outbox}
}

// Tx is one transaction.
type Tx struct {
	events.Tx
	q *db.Queries
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, q: db.New(tx)})
	})
}
