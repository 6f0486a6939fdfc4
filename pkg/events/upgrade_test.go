package events_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/testkit"
)

// idOf is the id of an event of an instant.
func idOf(at time.Time) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	return id
}

// TestAnOutboxFromBeforePartitionsIsPublished brings one of the first version up to date. What was unsent then goes out,
// and what was sent stays for its seven days.
func TestAnOutboxFromBeforePartitionsIsPublished(t *testing.T) {
	e, _ := start(t, &consumer{}) // for its streams
	address, installation := testkit.EmptyDatabase(t)
	now := time.Now()
	unsentID := idOf(now.AddDate(0, 0, -9))
	err := pg.Database{AdminURL: address, Installation: installation}.Restore(t.Context(),
		[]pg.Schema{{Service: "otp", Migrations: fstest.MapFS{"00001_x.sql": {Data: []byte(table)}}}},
		map[string]pg.Versions{"otp": {Base: 1, Schema: 1}},
		func(ctx context.Context, conn *pgx.Conn) error {
			for id, sent := range map[uuid.UUID]any{
				unsentID: nil, idOf(now): now, idOf(now.AddDate(0, 0, -8)): now.AddDate(0, 0, -8),
			} {
				_, err := conn.Exec(ctx, `INSERT INTO otp.outbox
					(id, subject, aggregate_id, aggregate_version, headers, data, created_at, sent_at)
					VALUES ($1, 'propusk.otp.v1.code_verified', 'flow', 1, $2, '', $3, $4)`,
					id, map[string]string{"ce-id": id.String()}, now.AddDate(0, 0, -9), sent)
				if err != nil {
					return err
				}
			}
			return nil
		})
	must(t, err)
	pool, err := pg.Open(t.Context(), pg.Options{URL: address, Installation: installation, Service: "otp", SetRole: true, MaxConns: 6})
	must(t, err)
	t.Cleanup(pool.Close)
	publisher, err := events.NewPublisher(events.PublisherOptions{
		Outbox: events.NewOutbox("otp", time.Now), Pool: pool, Log: slog.New(slog.DiscardHandler),
		Connect: func() (*nats.Conn, error) { return e.NATS.Connect() }, Metrics: prometheus.NewRegistry(),
	})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { publisher.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	rows := func(where string) (n int) {
		must(t, pool.QueryRow(t.Context(), `SELECT count(*)::int FROM outbox WHERE `+where).Scan(&n))
		return n
	}
	testkit.Eventually(t, "what was unsent is sent, and what was sent long ago is gone", func() bool {
		return rows(`sent_at IS NULL`) == 0 && rows(`true`) == 2
	})
	stream, err := operator(t, e).Stream(t.Context(), events.StreamName("otp"))
	must(t, err)
	m, err := stream.GetLastMsgForSubject(t.Context(), "propusk.otp.v1.code_verified")
	must(t, err)
	if m.Header.Get("ce-id") != unsentID.String() || stream.CachedInfo().State.Msgs != 1 {
		t.Errorf("the stream has %d messages, the last is %s", stream.CachedInfo().State.Msgs, m.Header.Get("ce-id"))
	}
}
