// Package store keeps verifications in Postgres: ids, states and names of data groups, no personal data.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
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

// Pool is what jobs run on.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	conn
	store *Store
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, conn: conn{q: db.New(tx)}, store: s})
	})
}

// jobTries is more than anybody waits for: a job ends when its verification does.
const jobTries = 10_000

// Enqueue has a job done after the commit.
func (t *Tx) Enqueue(ctx context.Context, job river.JobArgs) error {
	_, err := t.store.Jobs.InsertTx(ctx, t.Tx, job, &river.InsertOpts{MaxAttempts: jobTries})
	return err
}
