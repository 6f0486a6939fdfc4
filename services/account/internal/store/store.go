// Package store keeps accounts, what belongs to them, sessions and failed sign-ins in Postgres.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// conn runs statements: on the pool or in a transaction.
type conn struct {
	q    *db.Queries
	keys *secret.Keys
}

// Store is the service's schema.
type Store struct {
	conn
	pool   *pgxpool.Pool
	outbox *events.Outbox
	// Jobs is set once River's client is made, which needs the workers, which need the store.
	Jobs *river.Client[pgx.Tx]
}

// New is the schema behind the pool; keys encrypt and index what is personal.
func New(pool *pgxpool.Pool, outbox *events.Outbox, keys *secret.Keys) *Store {
	return &Store{conn: conn{q: db.New(pool), keys: keys}, pool: pool, outbox: outbox}
}

// Pool is what jobs run on.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	events.Tx
	conn
	store *Store
	// last runs statements with the commit.
	last *db.Queries
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.outbox.InTx(ctx, s.pool, func(ctx context.Context, tx events.Tx) error {
		return fn(ctx, &Tx{Tx: tx, conn: conn{q: db.New(tx), keys: s.keys}, last: db.New(tx.Last()), store: s})
	})
}

// Enqueue has a job done after the commit.
func (t *Tx) Enqueue(ctx context.Context, job river.JobArgs, opts *river.InsertOpts) error {
	_, err := t.store.Jobs.InsertTx(ctx, t.Tx, job, opts)
	return err
}
