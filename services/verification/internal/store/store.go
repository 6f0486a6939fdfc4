// Package store keeps verifications in Postgres: ids, states and groups, no personal data.
package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	Reader
	pool   *pgxpool.Pool
	outbox *events.Outbox
}

// Reader reads, in a transaction or outside.
type Reader struct{ q *db.Queries }

// New is the schema behind the pool.
func New(pool *pgxpool.Pool, outbox *events.Outbox) *Store {
	return &Store{Reader: Reader{q: db.New(pool)}, pool: pool, outbox: outbox}
}

// Pool is for single statements.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	Reader
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, Reader: Reader{q: db.New(tx)}})
	})
}
