package events

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/pg"
)

// Tx is a transaction of a service that emits events: its own store's Tx is built on it.
type Tx struct {
	pgx.Tx
	outbox *Outbox
}

// InTx runs fn in a transaction, like [pg.InTx].
func (o *Outbox) InTx(ctx context.Context, pool *pgxpool.Pool, fn func(ctx context.Context, tx Tx) error) error {
	return pg.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
		return fn(ctx, Tx{Tx: tx, outbox: o})
	})
}

// Emit writes an event with the change it reports, see [Outbox.Emit].
func (t Tx) Emit(ctx context.Context, aggregateID string, event proto.Message) error {
	return t.outbox.Emit(ctx, t.Tx, aggregateID, event)
}

// Last runs statements with the commit, see [pg.ExecLast].
func (t Tx) Last() pg.Last { return pg.Last{Tx: t.Tx} }

// Once is false when the event being handled has had its effect before, see [Once].
func (t Tx) Once(ctx context.Context) (bool, error) { return Once(ctx, t.Tx) }

// Discard takes as long as [Tx.Emit] and keeps nothing, see [Outbox.Discard].
func (t Tx) Discard(ctx context.Context, aggregateID string, event proto.Message) error {
	return t.outbox.Discard(ctx, t.Tx, aggregateID, event)
}
