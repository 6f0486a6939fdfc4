package events

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const (
	// markBatch and markWait bound how many published events wait to be marked, and for how long.
	// (A relay takes up only what is older than a second: marks that wait are not published again.)
	markBatch = 512
	markWait  = 200 * time.Millisecond
)

// markQuery names the range of ids besides the ids, so that only partitions that can hold them are looked into.
const markQuery = `UPDATE outbox SET sent_at = $2 WHERE id = ANY($1::uuid[]) AND id BETWEEN $3 AND $4 AND sent_at IS NULL`

// mark notes in bulk what the streams have stored, until acked is closed. A mark that fails or is lost in a crash costs
// a second publishing, which the stream and every inbox drop.
func (p *Publisher) mark(ctx context.Context) {
	for first := range p.acked {
		ids := p.collect(first)
		if err := p.markSent(ctx, ids); err != nil {
			p.log.Warn("published events are not marked: they are published again", "events", len(ids), "error", err)
			signal(p.outbox.left)
		}
	}
}

func (p *Publisher) collect(first uuid.UUID) []uuid.UUID {
	ids := []uuid.UUID{first}
	over := time.NewTimer(markWait)
	defer over.Stop()
	for len(ids) < markBatch {
		select {
		case id, open := <-p.acked:
			if !open {
				return ids
			}
			ids = append(ids, id)
		case <-over.C:
			return ids
		}
	}
	return ids
}

func (p *Publisher) markSent(ctx context.Context, ids []uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	queueMark(b, ids, p.outbox.now())
	b.Queue(`COMMIT`)
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // the pool closes a connection that an error left in its transaction
	return conn.SendBatch(ctx, b).Close()
}

// queueMark marks without waiting for the disk: a mark may be lost.
func queueMark(b *pgx.Batch, ids []uuid.UUID, now time.Time) {
	b.Queue(`SET LOCAL synchronous_commit = off`)
	if len(ids) == 0 {
		return
	}
	least, most := span(ids)
	b.Queue(markQuery, ids, now, least, most)
}

func span(ids []uuid.UUID) (least, most uuid.UUID) {
	compare := func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }
	return slices.MinFunc(ids, compare), slices.MaxFunc(ids, compare)
}
