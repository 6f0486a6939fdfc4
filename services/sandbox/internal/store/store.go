// Package store keeps messages, letters and switches in Postgres.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/sandbox/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	pool   *pgxpool.Pool
	outbox *events.Outbox
	keys   *secret.Keys
	// Jobs is set once River's client is made, which needs the workers, which need the store.
	Jobs *river.Client[pgx.Tx]
}

// New is the schema behind the pool.
func New(pool *pgxpool.Pool, outbox *events.Outbox, keys *secret.Keys) *Store {
	return &Store{pool: pool, outbox: outbox, keys: keys}
}

// Pool is for single statements.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	pgx.Tx
	q     *db.Queries
	store *Store
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return pg.InTx(ctx, s.pool, func(ctx context.Context, tx pgx.Tx) error {
		return fn(ctx, &Tx{Tx: tx, q: db.New(tx), store: s})
	})
}

// Emit writes an event with the change it reports.
func (t *Tx) Emit(ctx context.Context, aggregateID string, event proto.Message) error {
	return t.store.outbox.Emit(ctx, t.Tx, aggregateID, event)
}

// Once is false when the event being handled has had its effect before.
func (t *Tx) Once(ctx context.Context) (bool, error) { return events.Once(ctx, t.Tx) }

// Later has a job done after the commit.
func (t *Tx) Later(ctx context.Context, job river.JobArgs, opts *river.InsertOpts) error {
	_, err := t.store.Jobs.InsertTx(ctx, t.Tx, job, opts)
	return err
}
