// Package store keeps the chain in Postgres.
package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
	"github.com/propusk-id/propusk/services/audit/internal/store/db"
)

// conn runs statements: on the pool or in a transaction. Its methods work in both.
type conn struct{ q *db.Queries }

// Store is the service's schema.
type Store struct {
	conn
	pool *pgxpool.Pool
}

// New is the schema behind the pool.
func New(pool *pgxpool.Pool) *Store { return &Store{conn: conn{q: db.New(pool)}, pool: pool} }

// Pool is what the consumer runs on.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is one transaction.
type Tx struct {
	pgx.Tx
	conn
}

// InTx runs fn in a transaction.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return pg.InTx(ctx, s.pool, func(ctx context.Context, tx pgx.Tx) error {
		return fn(ctx, &Tx{Tx: tx, conn: conn{q: db.New(tx)}})
	})
}

// LockHead returns the end of the chain and locks it until the transaction ends.
func (t *Tx) LockHead(ctx context.Context) (domain.Head, error) {
	row, err := t.q.LockHead(ctx)
	return domain.Head{Position: row.Position, Hash: row.Hash}, err
}

// Extend stores records that are chained to the head, in one statement; false: that is not the head any more, or one of
// the events is recorded already. When it is in this month, it fails ([IsRepeated]).
func (s *Store) Extend(ctx context.Context, from domain.Head, records []domain.Record) (bool, error) {
	return s.extend(ctx, from, records, false)
}

// Extend stores records of events that [Tx.Known] does not know, see [Store.Extend].
func (t *Tx) Extend(ctx context.Context, from domain.Head, records []domain.Record) (bool, error) {
	return t.extend(ctx, from, records, true)
}

func (c conn) extend(ctx context.Context, from domain.Head, records []domain.Record, known bool) (bool, error) {
	last := records[len(records)-1]
	p := db.ExtendParams{
		Position: last.Position, Hash: last.Hash, FromPosition: from.Position, FromHash: from.Hash,
		Known: known, Since: float64(recordedSince(records).Unix()),
	}
	for _, r := range records {
		p.Positions, p.EventIds = append(p.Positions, r.Position), append(p.EventIds, r.EventID)
		p.Types, p.Producers = append(p.Types, r.Type), append(p.Producers, r.Producer)
		p.Aggregates, p.Versions = append(p.Aggregates, r.Aggregate), append(p.Versions, r.Version)
		p.Actors, p.Times, p.Datas = append(p.Actors, r.Actor), append(p.Times, r.Time), append(p.Datas, notNil(r.Data))
		p.PrevHashes, p.Hashes = append(p.PrevHashes, r.PrevHash), append(p.Hashes, r.Hash)
	}
	n, err := c.q.Extend(ctx, p)
	return n == 1, err
}

// recordedSince is the first month in which one of the events can be recorded: that of the oldest, by its id, or the one
// before where clocks may differ.
func recordedSince(records []domain.Record) time.Time {
	const clocksDiffer = 24 * time.Hour
	oldest := time.Unix(1<<40, 0)
	for _, r := range records {
		if at := made(r.EventID); at.Before(oldest) {
			oldest = at
		}
	}
	year, month, _ := oldest.Add(-clocksDiffer).UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// made is when an id was made, if it says so (UUIDv7), else long ago.
func made(id uuid.UUID) time.Time {
	if id.Version() != 7 {
		return time.Time{}.AddDate(1, 0, 0)
	}
	return time.Unix(id.Time().UnixTime())
}

// IsRepeated says that an event is recorded already.
func IsRepeated(err error) bool { return pg.IsUniqueIn(err, "records_") }

// notNil keeps the data of an event without fields from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Known are the ids of the events that are recorded already.
func (t *Tx) Known(ctx context.Context, records []domain.Record) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(records))
	for i, r := range records {
		ids[i] = r.EventID
	}
	return t.q.KnownEvents(ctx, ids)
}

// Head is the end of the chain, and the position of the last record, which should be the same.
func (c conn) Head(ctx context.Context) (end domain.Head, last int64, err error) {
	row, err := c.q.Head(ctx)
	return domain.Head{Position: row.Position, Hash: row.Hash}, row.Last, err
}

// HeadAt is the end of the chain up to a position: for one before the oldest kept record where the kept part begins, at
// first the genesis; false: there is no such record.
func (c conn) HeadAt(ctx context.Context, position int64) (domain.Head, bool, error) {
	kept, err := c.q.KeptAfter(ctx)
	if err != nil {
		return domain.Head{}, false, err
	}
	if position <= kept.KeptAfter {
		return domain.Head{Position: kept.KeptAfter, Hash: kept.KeptHash}, true, nil
	}
	hash, err := c.q.HashAt(ctx, position)
	if pg.IsNotFound(err) {
		return domain.Head{}, false, nil
	}
	return domain.Head{Position: position, Hash: hash}, err == nil, err
}

// List is at most size records after a position, in their order.
func (c conn) List(ctx context.Context, after int64, size int32) ([]domain.Record, error) {
	rows, err := c.q.ListRecords(ctx, db.ListRecordsParams{After: after, Size: size})
	if err != nil {
		return nil, err
	}
	out := make([]domain.Record, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out, nil
}

func fromRow(r db.ListRecordsRow) domain.Record {
	return domain.Record{
		Position: r.Position, EventID: r.EventID, Type: r.Type, Producer: r.Producer, Aggregate: r.Aggregate,
		Version: r.Version, Actor: r.Actor, Time: r.Time, Data: r.Data, PrevHash: r.PrevHash, Hash: r.Hash,
	}
}
