// Package store keeps clients, consents, grants and keys in Postgres, and interactions and codes in Redis.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

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
	// Jobs is set once River's client is made, which needs the workers, which need the store.
	Jobs *river.Client[pgx.Tx]
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
	store *Store
}

// Enqueue has a job done after the commit.
func (t *Tx) Enqueue(ctx context.Context, job river.JobArgs, opts *river.InsertOpts) error {
	_, err := t.store.Jobs.InsertTx(ctx, t.Tx, job, opts)
	return err
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, conn: conn{q: db.New(tx)}, store: s})
	})
}
