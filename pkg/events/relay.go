package events

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/backoff"
)

const (
	relayBatch = 256
	// relayProbe is how many events are tried while nothing gets through: more than one, so that a single event that
	// cannot be published holds up no other.
	relayProbe = 8
	// leftBehind is how long after it was written an event counts as left behind: by then it has been published from
	// memory, or never will be.
	leftBehind   = time.Second
	queryTimeout = 10 * time.Second
)

// relayRetry is how often the relay tries while nothing gets through.
func relayRetry() backoff.Exponential {
	return backoff.Exponential{First: time.Second, Max: 5 * time.Second}
}

// relay publishes what was left behind in one lane, whenever the look-out has seen something: by a process that died, by
// a full queue, while NATS was away.
func (p *Publisher) relay(ctx context.Context, l *lane) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.left:
			p.sweep(ctx, l)
		}
	}
}

// sweep publishes until nothing is left behind in the lane, however often it takes.
func (p *Publisher) sweep(ctx context.Context, l *lane) {
	failures := 0
	for ctx.Err() == nil {
		more, err := p.relayOnce(ctx, l)
		if err == nil && !more {
			return
		}
		if err == nil {
			failures = 0
			continue
		}
		failures++
		select {
		case <-ctx.Done():
		case <-time.After(relayRetry().After(failures, rand.Float64())): //nolint:gosec // jitter is no secret
		}
	}
}

// relayOnce publishes a batch and marks it; more: there may be another. The rows are locked meanwhile: other replicas
// take others. While the lane is held up it tries a few only.
func (p *Publisher) relayOnce(ctx context.Context, l *lane) (more bool, err error) {
	limit := relayBatch
	if l.heldUp() {
		limit = relayProbe
	}
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release() // the pool closes a connection that an error left in its transaction
	batch, err := take(ctx, conn.Conn(), l == p.records, limit)
	if err != nil {
		return false, err
	}
	sent, sendErr := p.sendAll(ctx, l, batch)
	b := &pgx.Batch{}
	queueMark(b, sent, p.outbox.now())
	b.Queue(`COMMIT`)
	if err := conn.SendBatch(context.WithoutCancel(ctx), b).Close(); err != nil {
		return false, err
	}
	return len(batch) == limit, sendErr
}

// take begins a transaction and locks a batch, in one round trip.
func take(ctx context.Context, conn *pgx.Conn, records bool, limit int) (out []message, err error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(`SELECT id, subject, headers, data FROM outbox
		WHERE sent_at IS NULL AND record = $1 AND inserted_at <= clock_timestamp() - $2::interval
		ORDER BY inserted_at, id LIMIT $3 FOR UPDATE SKIP LOCKED`, records, leftBehind, limit,
	).Query(func(rows pgx.Rows) error {
		out, err = pgx.CollectRows(rows, toMessage)
		return err
	})
	err = conn.SendBatch(ctx, b).Close() // before out is read: it is what Close fills
	return out, err
}

func toMessage(row pgx.CollectableRow) (m message, err error) {
	var headers []byte
	if err := row.Scan(&m.id, &m.subject, &headers, &m.data); err != nil {
		return m, err
	}
	m.headers, err = parseHeaders(headers)
	return m, err
}

// sendAll publishes many at once and gives those that the stream has stored.
func (p *Publisher) sendAll(ctx context.Context, l *lane, batch []message) (sent []uuid.UUID, err error) {
	var mu sync.Mutex
	var flying sync.WaitGroup
	places := make(chan struct{}, inFlight)
	for _, m := range batch {
		places <- struct{}{}
		flying.Go(func() {
			defer func() { <-places }()
			sendErr := p.send(ctx, l, m)
			mu.Lock()
			defer mu.Unlock()
			if sendErr != nil {
				err = sendErr
				return
			}
			sent = append(sent, m.id)
		})
	}
	flying.Wait()
	return sent, err
}
