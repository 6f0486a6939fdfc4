// Package store keeps clients, consents, grants and keys in Postgres, and interactions and codes in Redis.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
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
	pgx.Tx
	q      *db.Queries
	outbox *events.Outbox
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return pg.InTx(ctx, s.pool, func(ctx context.Context, tx pgx.Tx) error {
		return fn(ctx, &Tx{Tx: tx, q: db.New(tx), outbox: s.outbox})
	})
}

// Emit writes an event with the change it reports.
func (t *Tx) Emit(ctx context.Context, aggregateID string, event proto.Message) error {
	return t.outbox.Emit(ctx, t.Tx, aggregateID, event)
}

// Once is false when the delivery being handled has had its effect before.
func (t *Tx) Once(ctx context.Context) (bool, error) { return events.Once(ctx, t.Tx) }
