// Package store keeps appeals.
package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/appeal/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	*db.Queries
	pool   *pgxpool.Pool
	outbox *events.Outbox
}

// New is the schema behind the pool.
func New(pool *pgxpool.Pool, outbox *events.Outbox) *Store {
	return &Store{Queries: db.New(pool), pool: pool, outbox: outbox}
}

// Pool is for the consumer.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	*db.Queries
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, Queries: db.New(tx)})
	})
}
