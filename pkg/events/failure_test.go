package events_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/testkit"
	otpeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
)

var limits = events.Limits{FactsBytes: 1 << 20, FactsAge: time.Hour, RecordsBytes: 1 << 20, RecordsAge: time.Hour}

// operator may do what set-up does.
func operator(t *testing.T, e *testkit.Env) jetstream.JetStream {
	t.Helper()
	nc, err := e.NATS.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func admin(e *testkit.Env) events.Admin {
	return events.Admin{Pool: e.Pool(), Schemas: []string{"otp", "counting"}}
}

func unsent(t *testing.T, p *producer) (n int) {
	t.Helper()
	if err := p.pool.QueryRow(context.Background(), `SELECT count(*)::int FROM outbox WHERE sent_at IS NULL`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAFullStreamDelaysAndLosesNothing fills the records' stream; facts go on meanwhile.
func TestAFullStreamDelaysAndLosesNothing(t *testing.T) {
	c := &consumer{}
	e, p := start(t, c)
	js := operator(t, e)
	must(t, events.CreateStreams(t.Context(), js, []string{"otp"}, limits))
	var err error
	junk := []byte(strings.Repeat("x", 100_000))
	for range 20 {
		if _, err = js.Publish(t.Context(), "propusk.otp.records.v1.junk", junk); err != nil {
			break
		}
	}
	for err = nil; err == nil; {
		_, err = js.Publish(t.Context(), "propusk.otp.records.v1.junk", junk[:100])
	}
	const n = 20
	for range n {
		p.mustEmit(t, "late")
	}
	if _, err := js.Publish(t.Context(), "propusk.otp.v1.junk", nil); err != nil {
		t.Errorf("a fact is held up: %v", err)
	}
	testkit.Eventually(t, "a line in the log", func() bool { return strings.Contains(e.Logs(), "events cannot be published") })
	if c.count(t, "effects") != 0 || unsent(t, p) != n {
		t.Errorf("%d effects, %d unsent, of %d", c.count(t, "effects"), unsent(t, p), n)
	}
	stream, err := js.Stream(t.Context(), events.RecordStreamName("otp"))
	must(t, err)
	must(t, stream.Purge(t.Context()))
	testkit.Eventually(t, "all effects", func() bool { return c.count(t, "effects") == n && unsent(t, p) == 0 })
	testkit.Eventually(t, "the good news", func() bool { return strings.Contains(e.Logs(), "events are published again") })
}

// TestALostStoreIsHealed deletes streams and consumers, as a server does that lost its disk.
func TestALostStoreIsHealed(t *testing.T) {
	c := &consumer{}
	e, p := start(t, c)
	js := operator(t, e)
	before := time.Now().Add(-time.Minute)
	for _, flow := range []string{"a", "b", "c"} {
		p.mustEmit(t, flow)
	}
	testkit.Eventually(t, "the effects", func() bool { return c.count(t, "effects") == 3 && unsent(t, p) == 0 })
	for _, stream := range events.StreamNames("otp") {
		must(t, js.DeleteStream(t.Context(), stream))
	}
	p.mustEmit(t, "meanwhile")
	testkit.Eventually(t, "a line in the log", func() bool { return strings.Contains(e.Logs(), "is missing") })
	must(t, events.CreateStreams(t.Context(), js, []string{"otp"}, limits))
	testkit.Eventually(t, "what waited", func() bool { return c.count(t, "effects") == 4 })

	n, err := admin(e).Replay(t.Context(), before)
	must(t, err)
	if n != 4 {
		t.Errorf("%d events are replayed", n)
	}
	testkit.Eventually(t, "the stream as it was", func() bool {
		stream, err := js.Stream(t.Context(), events.RecordStreamName("otp"))
		return err == nil && stream.CachedInfo().State.Msgs == 4 && unsent(t, p) == 0
	})
	testkit.Eventually(t, "that all were delivered again", func() bool { return c.calls.Load() >= 7 })
	if got := c.count(t, "effects"); got != 4 {
		t.Errorf("%d effects of four events", got)
	}
	if n, err := admin(e).Replay(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("from a later time on %d are replayed, %v", n, err)
	}
}

func TestDeadLettersAreRetriedAndDropped(t *testing.T) {
	var mended atomic.Bool
	c := &consumer{fail: func(flow string) error {
		if flow == "never" || !mended.Load() {
			return errors.New("cannot be handled")
		}
		return nil
	}}
	e, p := start(t, c)
	p.mustEmit(t, "poison")
	p.mustEmit(t, "never")
	testkit.Eventually(t, "the dead letters", func() bool { return c.count(t, "dead_letters") == 2 })
	letters, err := admin(e).DeadLetters(t.Context())
	if err != nil || len(letters) != 2 || letters[0].Consumer != "counting" || letters[0].Error != "cannot be handled" {
		t.Fatalf("%v, %v", letters, err)
	}
	mended.Store(true)
	_, err = admin(e).RetryDeadLetters(t.Context())
	must(t, err)
	testkit.Eventually(t, "one effect", func() bool { return c.count(t, "effects") == 1 })
	testkit.Eventually(t, "the other's failure", func() bool {
		letters, err = admin(e).DeadLetters(t.Context())
		return err == nil && len(letters) == 1 && !letters[0].Retry
	})
	dropped, err := admin(e).DropDeadLetters(t.Context(), letters[0].EventID)
	if err != nil || len(dropped) != 1 || c.count(t, "dead_letters") != 0 {
		t.Errorf("dropped %v, %v", dropped, err)
	}
}

func TestPartitionsRollOver(t *testing.T) {
	c := &consumer{}
	_, p := start(t, c)
	ctx := t.Context()
	partitions := func() (n int) {
		must(t, p.pool.QueryRow(ctx, `SELECT count(*)::int FROM pg_inherits WHERE inhparent = 'outbox'::regclass`).Scan(&n))
		return n
	}
	rows := func(where string) (n int) {
		must(t, p.pool.QueryRow(ctx, `SELECT count(*)::int FROM outbox WHERE `+where).Scan(&n))
		return n
	}
	testkit.Eventually(t, "today's and two more", func() bool { return partitions() == 4 })
	p.mustEmit(t, "sent")
	testkit.Eventually(t, "it is sent", func() bool { return unsent(t, p) == 0 })
	if n := rows(`tableoid = 'outbox_default'::regclass`); n != 0 {
		t.Errorf("%d rows are in no day's partition", n)
	}
	// A row of another day waits in the default partition until its day's is made.
	_, err := p.pool.Exec(ctx, `INSERT INTO outbox SELECT '0190a000-0000-7000-8000-000000000001', subject, record, headers, data,
		inserted_at, sent_at FROM outbox LIMIT 1`)
	must(t, err)
	must(t, events.RollPartitions(ctx, p.pool, time.Date(2024, 7, 11, 0, 0, 0, 0, time.UTC)))
	if n := rows(`tableoid = 'outbox_default'::regclass`); n != 0 || partitions() != 7 {
		t.Errorf("%d rows in the default partition, %d partitions", n, partitions())
	}
	// Eight days on, what was sent is gone, and a partition with an unsent event stays.
	_, err = p.pool.Exec(ctx, `INSERT INTO outbox SELECT gen_random_uuid(), subject, record, headers, data, inserted_at, sent_at FROM outbox`)
	must(t, err)
	hold, err := p.pool.Begin(ctx)
	must(t, err)
	must(t, p.emit(ctx, hold, "unsent"))
	_, err = hold.Exec(ctx, `UPDATE outbox SET inserted_at = inserted_at + interval '1 hour' WHERE sent_at IS NULL`) // no relay takes it
	must(t, err)
	must(t, hold.Commit(ctx))
	must(t, events.RollPartitions(ctx, p.pool, time.Now().Add(9*24*time.Hour)))
	if n := rows(`sent_at IS NOT NULL AND tableoid <> (SELECT tableoid FROM outbox WHERE sent_at IS NULL)`); n != 0 || rows(`sent_at IS NULL`) != 1 {
		t.Errorf("%d sent rows stay outside the partition of the unsent one", n)
	}
}

// TestDiscardedEventsAreNowhere: they only take as long as the others.
func TestDiscardedEventsAreNowhere(t *testing.T) {
	c := &consumer{}
	_, p := start(t, c)
	must(t, pg.InTx(t.Context(), p.pool, func(ctx context.Context, tx pgx.Tx) error {
		if err := p.outbox.Discard(ctx, tx, "flow", &otpeventsv1.CodeVerified{FlowId: "discarded"}); err != nil {
			return err
		}
		return p.emit(ctx, tx, "kept")
	}))
	testkit.Eventually(t, "the effect", func() bool { return c.count(t, "effects") == 1 && unsent(t, p) == 0 })
	var n int
	must(t, p.pool.QueryRow(t.Context(), `SELECT count(*)::int FROM outbox`).Scan(&n))
	if n != 1 {
		t.Errorf("%d rows in the outbox", n)
	}
}
