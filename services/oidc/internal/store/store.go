// Package store keeps clients, consents, grants and keys in Postgres, and interactions and codes in Redis.
package store

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// conn runs statements: on the pool or in a transaction. Its methods work in both.
type conn struct{ q *db.Queries }

// Store is the service's schema.
type Store struct {
	conn
	pool   *pgxpool.Pool
	outbox *events.Outbox
}

// New is the schema behind the pool.
func New(pool *pgxpool.Pool, outbox *events.Outbox) *Store {
	return &Store{conn: conn{q: db.New(pool)}, pool: pool, outbox: outbox}
}

// Pool is what the consumer runs on.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	conn
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, conn: conn{q: db.New(tx)}})
	})
}
