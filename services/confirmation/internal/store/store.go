// Package store keeps holders, letters and confirmations in Postgres.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/confirmation/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	pool   *pgxpool.Pool
	outbox *events.Outbox
	keys   *secret.Keys
	// Jobs is set once River's client is made, which needs the workers, which need the store.
	Jobs *river.Client[pgx.Tx]
}

// New is the schema behind the pool; personal data is sealed with the keys.
func New(pool *pgxpool.Pool, outbox *events.Outbox, keys *secret.Keys) *Store {
	return &Store{pool: pool, outbox: outbox, keys: keys}
}

// Pool is for single statements.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	q     *db.Queries
	store *Store
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, q: db.New(tx), store: s})
	})
}

// Later has a job done after the commit.
func (t *Tx) Later(ctx context.Context, job river.JobArgs, opts *river.InsertOpts) error {
	_, err := t.store.Jobs.InsertTx(ctx, t.Tx, job, opts)
	return err
}
