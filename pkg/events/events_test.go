package events_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/retention"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	registrationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const table = `-- +goose Up
CREATE TABLE effects (flow text NOT NULL);
`

// producer is a service that emits.
type producer struct {
	pool   *pgxpool.Pool
	outbox *events.Outbox
}

func (p *producer) service(name string, ready chan<- struct{}) boot.Service {
	return boot.Service{
		Name: name, Migrations: fstest.MapFS{"00001_x.sql": {Data: []byte(table)}},
		Emits: eventsv1.File_propusk_otp_events_v1_events_proto,
		Run: func(ctx context.Context, pl *boot.Platform) (err error) {
			if p.pool, err = pl.Postgres(ctx); err != nil {
				return err
			}
			if p.outbox, err = pl.Outbox(p.pool); err != nil {
				return err
			}
			ready <- struct{}{}
			return pl.Serve(ctx)
		},
	}
}

func (p *producer) emit(ctx context.Context, tx pgx.Tx, flow string) error {
	return p.outbox.Emit(ctx, tx, flow, &eventsv1.CodeVerified{FlowId: flow})
}

func (p *producer) mustEmit(t *testing.T, flow string) {
	t.Helper()
	err := pg.InTx(context.Background(), p.pool, func(ctx context.Context, tx pgx.Tx) error { return p.emit(ctx, tx, flow) })
	if err != nil {
		t.Fatal(err)
	}
}

// consumer is a service whose effect is a row per event; fail says what goes wrong.
type consumer struct {
	pool *pgxpool.Pool
	fail func(flow string) error
	// afterEffect goes wrong after the commit, as a crash before the acknowledgement would.
	afterEffect func(flow string) error
	calls       atomic.Int32
}

func (c *consumer) service(ready chan<- struct{}) boot.Service {
	return boot.Service{
		Name: "counting", Migrations: fstest.MapFS{"00001_x.sql": {Data: []byte(table)}},
		Consumes: []proto.Message{&eventsv1.CodeVerified{}},
		Run: func(ctx context.Context, p *boot.Platform) (err error) {
			if c.pool, err = p.Postgres(ctx); err != nil {
				return err
			}
			in, err := p.Consumer(c.pool)
			if err != nil {
				return err
			}
			events.On(in, c.handle)
			ready <- struct{}{}
			return p.Serve(ctx)
		},
	}
}

func (c *consumer) handle(ctx context.Context, e *eventsv1.CodeVerified) error {
	c.calls.Add(1)
	if c.fail != nil {
		if err := c.fail(e.GetFlowId()); err != nil {
			return err
		}
	}
	err := pg.InTx(ctx, c.pool, func(ctx context.Context, tx pgx.Tx) error {
		if first, err := events.Once(ctx, tx); err != nil || !first {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO effects VALUES ($1)`, e.GetFlowId())
		return err
	})
	if err == nil && c.afterEffect != nil {
		return c.afterEffect(e.GetFlowId())
	}
	return err
}

func (c *consumer) count(t *testing.T, table string) (n int) {
	t.Helper()
	if err := c.pool.QueryRow(context.Background(), `SELECT count(*)::int FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func start(t *testing.T, c *consumer) (*testkit.Env, *producer) {
	t.Helper()
	ready := make(chan struct{}, 4)
	p := &producer{}
	e := testkit.Start(t, testkit.Options{
		Services: []boot.Service{p.service("otp", ready), c.service(ready)}, SystemClock: true,
	})
	<-ready
	<-ready
	return e, p
}

func TestEveryEventHasItsEffectOnce(t *testing.T) {
	c := &consumer{}
	_, p := start(t, c)
	const n = 600
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range n / 4 {
				p.mustEmit(t, fmt.Sprintf("%d-%d", w, i))
			}
		})
	}
	all.Wait()
	testkit.Eventually(t, "all effects", func() bool { return c.count(t, "effects") == n })
	var unsent int
	testkit.Eventually(t, "an empty outbox", func() bool {
		if err := p.pool.QueryRow(context.Background(), `SELECT count(*)::int FROM outbox WHERE sent_at IS NULL`).Scan(&unsent); err != nil {
			t.Fatal(err)
		}
		return unsent == 0
	})
}

func TestRolledBackEventsAreNotSent(t *testing.T) {
	c := &consumer{}
	_, p := start(t, c)
	err := pg.InTx(context.Background(), p.pool, func(ctx context.Context, tx pgx.Tx) error {
		return errors.Join(p.emit(ctx, tx, "undone"), errors.New("refused"))
	})
	if err == nil {
		t.Fatal("committed")
	}
	p.mustEmit(t, "done")
	testkit.Eventually(t, "the effect", func() bool { return c.count(t, "effects") == 1 })
	if c.calls.Load() != 1 {
		t.Errorf("%d calls", c.calls.Load())
	}
}

// TestLateCommitsAreSent holds a transaction open while a later one commits and is relayed.
func TestLateCommitsAreSent(t *testing.T) {
	c := &consumer{}
	_, p := start(t, c)
	ctx := context.Background()
	early, err := p.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.emit(ctx, early, "early"); err != nil {
		t.Fatal(err)
	}
	p.mustEmit(t, "late")
	testkit.Eventually(t, "the later commit", func() bool { return c.count(t, "effects") == 1 })
	if err := early.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the earlier one", func() bool { return c.count(t, "effects") == 2 })
}

func TestACrashBeforeTheAcknowledgementRepeatsNothing(t *testing.T) {
	var crashed atomic.Bool
	c := &consumer{afterEffect: func(string) error {
		if crashed.CompareAndSwap(false, true) {
			return context.DeadlineExceeded
		}
		return nil
	}}
	_, p := start(t, c)
	p.mustEmit(t, "flow")
	testkit.Eventually(t, "the second delivery", func() bool { return c.calls.Load() == 2 })
	if n := c.count(t, "effects"); n != 1 {
		t.Errorf("%d effects", n)
	}
}

func TestPoisonBecomesADeadLetterAndHoldsNobodyUp(t *testing.T) {
	c := &consumer{fail: func(flow string) error {
		if flow == "poison" {
			return errors.New("cannot be handled")
		}
		return nil
	}}
	_, p := start(t, c)
	p.mustEmit(t, "poison")
	for i := range 50 {
		p.mustEmit(t, fmt.Sprint(i))
	}
	testkit.Eventually(t, "the others' effects", func() bool { return c.count(t, "effects") == 50 })
	testkit.Eventually(t, "the dead letter", func() bool { return c.count(t, "dead_letters") == 1 })
}

func TestConsumersCatchUpAfterARestart(t *testing.T) {
	c := &consumer{}
	e, p := start(t, c)
	p.mustEmit(t, "before")
	testkit.Eventually(t, "the first", func() bool { return c.count(t, "effects") == 1 })
	e.Restart()
	p.mustEmit(t, "after")
	testkit.Eventually(t, "the second", func() bool { return c.count(t, "effects") == 2 })
}

// TestWhatIsCountedWhileCallsEndIsRecorded counts and emits after the service was told to stop, as calls under way do.
func TestWhatIsCountedWhileCallsEndIsRecorded(t *testing.T) {
	const underWay = 500 * time.Millisecond
	ready := make(chan struct{}, 1)
	service := boot.Service{
		Name: "otp", Migrations: fstest.MapFS{"00001_x.sql": {Data: []byte(table)}},
		Emits: eventsv1.File_propusk_otp_events_v1_events_proto,
		Run: func(ctx context.Context, pl *boot.Platform) error {
			pool, err := pl.Postgres(ctx)
			if err != nil {
				return err
			}
			outbox, err := pl.Outbox(pool)
			if err != nil {
				return err
			}
			tally := outbox.Tally("calls", func(_, _ time.Time, counts map[string]int64) proto.Message {
				return &eventsv1.CodeRejected{FlowId: fmt.Sprint(counts)}
			})
			pl.Go(func(ctx context.Context) error {
				<-ctx.Done()
				<-time.After(underWay)
				tally.Add("late")
				return pg.InTx(context.WithoutCancel(ctx), pool, func(ctx context.Context, tx pgx.Tx) error {
					return outbox.Emit(ctx, tx, "x", &eventsv1.CodeVerified{FlowId: "late"})
				})
			})
			ready <- struct{}{}
			return pl.Serve(ctx)
		},
	}
	e := testkit.Start(t, testkit.Options{Services: []boot.Service{service}, SystemClock: true})
	<-ready
	e.Stop()
	var unsent, all int
	err := e.Pool().QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE sent_at IS NULL)::int, count(*)::int FROM otp.outbox`).
		Scan(&unsent, &all)
	if err != nil || unsent != 0 || all != 2 {
		t.Errorf("%d of %d events are unsent, want two that are sent; %v", unsent, all, err)
	}
}

func TestSubjects(t *testing.T) {
	d := (&eventsv1.CodeVerified{}).ProtoReflect().Descriptor()
	if got := events.Subject(d); got != "propusk.otp.records.v1.code_verified" {
		t.Errorf("a record's subject is %s", got)
	}
	fact := (&registrationeventsv1.RegistrationFailed{}).ProtoReflect().Descriptor()
	if got := events.Subject(fact); got != "propusk.registration.v1.registration_failed" {
		t.Errorf("a fact's subject is %s", got)
	}
	if got := fmt.Sprint(events.StreamNames("otp")); got != "[PROPUSK_OTP PROPUSK_OTP_RECORDS]" {
		t.Errorf("streams %s", got)
	}
}

// TestAnInboxRemembersFromTheHandling of an event that was made long ago, such as one that is replayed: the ninety days of
// its memory begin when it is handled.
func TestAnInboxRemembersFromTheHandling(t *testing.T) {
	c := &consumer{}
	e, _ := start(t, c)
	js := operator(t, e)
	old := time.Now().Add(-89 * 24 * time.Hour)
	id := uuid.NewString()
	m := nats.NewMsg("propusk.otp.records.v1.code_verified")
	m.Header.Set("ce-id", id)
	m.Header.Set("ce-time", old.Format(time.RFC3339Nano))
	m.Header.Set("ce-source", "propusk/otp")
	var err error
	if m.Data, err = proto.Marshal(&eventsv1.CodeVerified{FlowId: "old"}); err != nil {
		t.Fatal(err)
	}
	publish := func() {
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	publish()
	testkit.Eventually(t, "the effect", func() bool { return c.count(t, "effects") == 1 })
	if err := retention.Sweep(t.Context(), c.pool, time.Now().Add(2*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	publish()
	testkit.Eventually(t, "the second delivery", func() bool { return c.calls.Load() == 2 })
	testkit.Eventually(t, "nothing on its way", func() bool {
		consumer, err := js.Consumer(t.Context(), events.RecordStreamName("otp"), "counting")
		return err == nil && consumer.CachedInfo().NumAckPending == 0
	})
	if n := c.count(t, "effects"); n != 1 {
		t.Errorf("%d effects of one event", n)
	}
}
