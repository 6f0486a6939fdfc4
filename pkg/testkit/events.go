package testkit

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"

	"github.com/jackc/pgx/v5"
)

const (
	// eventuallyFor only ends what would never happen: a busy machine may take long.
	eventuallyFor  = time.Minute
	eventuallyPoll = 10 * time.Millisecond
)

// Eventually waits until ok, and fails the test when that takes too long.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(eventuallyFor)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(eventuallyPoll)
	}
}

// Events are the published events of one type since Watch was called.
type Events[T any, M interface {
	*T
	proto.Message
}] struct {
	t    testing.TB
	mu   sync.Mutex
	got  []M
	seen map[string]bool
}

// Watch collects the events of one type that services publish from now on.
func Watch[T any, M interface {
	*T
	proto.Message
}](e *Env) *Events[T, M] {
	e.t.Helper()
	w := &Events[T, M]{t: e.t, seen: map[string]bool{}}
	nc, err := e.NATS.Connect()
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(nc.Close)
	_, err = nc.Subscribe(events.Subject(M(new(T)).ProtoReflect().Descriptor()), func(m *nats.Msg) {
		event := M(new(T))
		if err := proto.Unmarshal(m.Data, event); err != nil {
			e.t.Errorf("event cannot be read: %v", err)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		// A relay stopped before its mark publishes again; the stream and every inbox drop the copy, and so does this.
		if id := m.Header.Get(nats.MsgIdHdr); !w.seen[id] {
			w.seen[id] = true
			w.got = append(w.got, event)
		}
	})
	if err != nil {
		e.t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		e.t.Fatal(err)
	}
	return w
}

// All are the events so far.
func (w *Events[T, M]) All() []M {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]M(nil), w.got...)
}

// Wait waits for n events and gives them.
func (w *Events[T, M]) Wait(n int) []M {
	w.t.Helper()
	Eventually(w.t, "the events", func() bool { return len(w.All()) >= n })
	return w.All()
}

// Publish emits events as their producer would, through an outbox of the schema of any service that is running:
// what a neighbour that is faked reports.
func (e *Env) Publish(producer, schema, aggregateID string, event proto.Message) {
	e.t.Helper()
	ctx := context.Background()
	pool := e.Pool()
	outbox := events.NewOutbox(producer, e.now)
	err := pg.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL search_path = "+pgx.Identifier{schema}.Sanitize()); err != nil {
			return err
		}
		if err := outbox.Emit(ctx, tx, aggregateID, event); err != nil {
			return err
		}
		// That service's relay is to take it up at its next look: nobody publishes it from memory.
		_, err := tx.Exec(ctx, `UPDATE outbox SET inserted_at = inserted_at - interval '1 minute' WHERE sent_at IS NULL`)
		return err
	})
	if err != nil {
		e.t.Fatal(err)
	}
}
