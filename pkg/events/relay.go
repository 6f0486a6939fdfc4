package events

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// relayPoll finds what another replica left behind; own events wake the relay.
	relayPoll  = 100 * time.Millisecond
	relayBatch = 256
	ackTimeout = 5 * time.Second
	// keepSent is how long sent events stay for replay.
	keepSent     = 7 * 24 * time.Hour
	sweepEvery   = time.Hour
	maxRelayWait = 5 * time.Second
)

// Relay publishes a service's outbox.
type Relay struct {
	outbox *Outbox
	pool   *pgxpool.Pool
	js     jetstream.JetStream
	log    *slog.Logger
}

// NewRelay publishes the outbox that lies in the pool's schema.
func NewRelay(outbox *Outbox, pool *pgxpool.Pool, js jetstream.JetStream, log *slog.Logger) *Relay {
	return &Relay{outbox: outbox, pool: pool, js: js, log: log}
}

// Run publishes until the context ends. Postgres or NATS being away is waited out.
func (r *Relay) Run(ctx context.Context) error {
	woken, wait, sweep := false, relayPoll, time.Time{}
	for {
		n, err := r.turn(ctx, woken)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			r.log.Warn("events wait in the outbox", "error", err)
			wait = min(wait*2, maxRelayWait)
		default:
			wait = relayPoll
		}
		if time.Since(sweep) > sweepEvery && err == nil { //nolint:forbidigo // it paces this loop and decides nothing
			sweep = time.Now() //nolint:forbidigo // as above
			r.sweep(ctx)
		}
		if n == relayBatch {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.outbox.wake:
			woken = true
		case <-time.After(wait):
			woken = false
		}
	}
}

// turn publishes what there is. Who is woken knows that there is something; else one cheap statement asks first.
func (r *Relay) turn(ctx context.Context, woken bool) (int, error) {
	if woken {
		return r.publish(ctx)
	}
	var waiting bool
	err := r.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM outbox WHERE sent_at IS NULL)`).Scan(&waiting)
	if err != nil || !waiting {
		return 0, err
	}
	return r.publish(ctx)
}

// publish sends a batch with all messages in flight at once and marks those that the stream has stored. Rows
// are locked meanwhile: other replicas take others. A crash before the mark publishes again; the inbox of every
// consumer drops the copy.
func (r *Relay) publish(ctx context.Context) (int, error) {
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release() // the pool closes a connection that an error left in its transaction
	batch, err := take(ctx, conn.Conn())
	if err != nil {
		return 0, err
	}
	var sent []string
	var sendErr error
	if len(batch) > 0 {
		sent, sendErr = r.send(ctx, batch)
	}
	if err := mark(ctx, conn.Conn(), sent, r.outbox.now()); err != nil {
		return 0, err
	}
	if sendErr != nil {
		r.log.Warn("some events were not stored by the stream", "error", sendErr)
		return 0, nil
	}
	return len(batch), nil
}

// take begins a transaction and locks a batch, in one round trip.
func take(ctx context.Context, conn *pgx.Conn) ([]*nats.Msg, error) {
	var out []*nats.Msg
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(`SELECT id::text, subject, aggregate_version, headers, data FROM outbox
		WHERE sent_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`, relayBatch,
	).Query(func(rows pgx.Rows) (err error) {
		out, err = pgx.CollectRows(rows, toMessage)
		return err
	})
	return out, conn.SendBatch(ctx, b).Close()
}

// mark notes what was sent and ends the transaction, in one round trip.
func mark(ctx context.Context, conn *pgx.Conn, sent []string, at time.Time) error {
	b := &pgx.Batch{}
	if len(sent) > 0 {
		b.Queue(`UPDATE outbox SET sent_at = $2 WHERE id = ANY($1::uuid[])`, sent, at)
	}
	b.Queue(`COMMIT`)
	return conn.SendBatch(ctx, b).Close()
}

func (r *Relay) send(ctx context.Context, batch []*nats.Msg) (sent []string, err error) {
	futures := make([]jetstream.PubAckFuture, 0, len(batch))
	for _, m := range batch {
		f, pubErr := r.js.PublishMsgAsync(m, jetstream.WithMsgID(m.Header.Get(headerID)))
		if pubErr != nil {
			err = pubErr
			break
		}
		futures = append(futures, f)
	}
	timeout := time.After(ackTimeout)
	for _, f := range futures {
		select {
		case <-f.Ok():
			sent = append(sent, f.Msg().Header.Get(headerID))
		case err = <-f.Err():
		case <-timeout:
			return sent, jetstream.ErrNoStreamResponse
		case <-ctx.Done():
			return sent, ctx.Err()
		}
	}
	return sent, err
}

func toMessage(row pgx.CollectableRow) (*nats.Msg, error) {
	var id, subject string
	var version int64
	var headers, data []byte
	if err := row.Scan(&id, &subject, &version, &headers, &data); err != nil {
		return nil, err
	}
	m := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{}}
	var kv map[string]string
	if err := json.Unmarshal(headers, &kv); err != nil {
		return nil, err
	}
	for k, v := range kv {
		m.Header.Set(k, v)
	}
	m.Header.Set(headerVersion, strconv.FormatInt(version, 10))
	return m, nil
}

// sweeps are what is deleted, some rows at a time, and how long each is kept. A consumer's inbox outlives the
// stream: an event that is still there may come again.
var sweeps = []struct {
	query string
	keep  time.Duration
}{
	{`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent_at < $1 LIMIT 10000)`, keepSent},
	{`DELETE FROM idempotency_keys WHERE ctid IN (SELECT ctid FROM idempotency_keys WHERE expire_time < $1 LIMIT 10000)`, 0},
	{`DELETE FROM answers WHERE ctid IN (SELECT ctid FROM answers WHERE expires_at < $1 LIMIT 10000)`, 0},
	{`DELETE FROM inbox WHERE ctid IN (SELECT ctid FROM inbox WHERE handled_at < $1 LIMIT 10000)`, streamAge + keepSent},
}

// sweep deletes what has been sent or handled long ago.
func (r *Relay) sweep(ctx context.Context) {
	for _, s := range sweeps {
		for {
			tag, err := r.pool.Exec(ctx, s.query, r.outbox.now().Add(-s.keep))
			if err != nil {
				r.log.Warn("old events could not be swept", "error", err)
				return
			}
			if tag.RowsAffected() == 0 {
				break
			}
		}
	}
}
