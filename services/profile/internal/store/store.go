// Package store keeps cards in Postgres, encrypted row by row.
package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/profile/internal/store/db"
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
}

// New is the schema behind the pool; keys encrypt the rows.
func New(pool *pgxpool.Pool, outbox *events.Outbox, keys *secret.Keys) *Store {
	return &Store{conn: conn{q: db.New(pool), keys: keys}, pool: pool, outbox: outbox}
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
		return fn(ctx, &Tx{Tx: tx, conn: conn{q: db.New(tx), keys: s.keys}})
	})
}

func (c conn) seal(table string, row uuid.UUID, column string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return c.keys.Seal(plain, secret.AssociatedData{Table: table, Row: row.String(), Column: column})
}

func (c conn) open(sealed []byte, table string, row uuid.UUID, column string, into any) error {
	plain, err := c.keys.Open(sealed, secret.AssociatedData{Table: table, Row: row.String(), Column: column})
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, into)
}
