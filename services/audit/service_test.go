package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/audit"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/consume"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
	"github.com/propusk-id/propusk/services/audit/internal/store"

	// More producers: audit has a stream for every contract of events in its program.
	_ "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type world struct {
	*testkit.Env
	t     *testing.T
	ctx   context.Context
	audit auditv1.AuditServiceClient
	js    jetstream.JetStream
}

func start(t *testing.T) *world {
	t.Helper()
	e := testkit.Start(t, testkit.Options{Services: []boot.Service{audit.Service()}})
	nc, err := e.NATS.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		Env: e, t: t, ctx: context.Background(), js: js,
		audit: auditv1.NewAuditServiceClient(e.Dial("audit", "audit")),
	}
	return w
}

// emit publishes an event as a producer's relay does.
func (w *world) emit(id uuid.UUID, producer string, version int) {
	w.t.Helper()
	data, err := proto.Marshal(&accounteventsv1.SignedOut{AccountId: "a", SessionId: fmt.Sprint(version)})
	if err != nil {
		w.t.Fatal(err)
	}
	m := &nats.Msg{Subject: "propusk." + producer + ".v1.signed_out", Data: data, Header: nats.Header{}}
	for k, v := range map[string]string{
		"ce-id": id.String(), "ce-source": "propusk/" + producer, "ce-subject": "a", "ce-propuskactor": "account:a",
		"ce-time": w.Clock.Now().Add(1234567).Format(time.RFC3339Nano),
	} {
		m.Header.Set(k, v)
	}
	if _, err := w.js.PublishMsgAsync(m); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) awaitRecords(n int64) {
	w.t.Helper()
	pool := w.Pool()
	var got int64
	testkit.Eventually(w.t, "the records", func() bool {
		return pool.QueryRow(w.ctx, `SELECT count(*) FROM audit.records`).Scan(&got) == nil && got >= n
	})
	if got != n {
		w.t.Fatalf("%d records, want %d", got, n)
	}
}

func (w *world) verify() *auditv1.VerifyChainResponse {
	w.t.Helper()
	v, err := w.audit.VerifyChain(w.ctx, &auditv1.VerifyChainRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// fill records n events of the account service.
func (w *world) fill(n int) {
	w.t.Helper()
	for i := range n {
		w.emit(uuid.New(), "account", i+1)
	}
	w.awaitRecords(int64(n))
}

// superuser changes what no service can, past the triggers.
func (w *world) superuser(sql string) {
	w.t.Helper()
	_, err := w.Pool().Exec(w.ctx, "SET session_replication_role = replica; "+sql+"; RESET session_replication_role")
	if err != nil {
		w.t.Fatal(err)
	}
}

// schema is a pool that sees audit's tables.
func (w *world) schema() *pgxpool.Pool {
	w.t.Helper()
	cfg := w.Pool().Config()
	cfg.ConnConfig.RuntimeParams["search_path"] = "audit"
	pool, err := pgxpool.NewWithConfig(w.ctx, cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return pool
}

// replica is a second audit process on the same database and streams.
func (w *world) replica() {
	w.t.Helper()
	pool := w.schema()
	c := events.NewConsumer(events.ConsumerOptions{
		Service: "audit", Pool: pool, JS: w.js, Log: slog.New(slog.DiscardHandler), Now: w.Clock.Now,
	})
	consume.Register(c, &app.App{Store: store.New(pool)})
	ctx, stop := context.WithCancel(w.ctx)
	var done sync.WaitGroup
	done.Go(func() { _ = c.Run(ctx) })
	w.t.Cleanup(func() {
		stop()
		done.Wait()
		pool.Close()
	})
}

func TestThousandEventsTwiceWithTwoConsumers(t *testing.T) {
	w := start(t)
	w.replica()
	producers := boot.Producers([]boot.Service{audit.Service()})
	ids := make([]uuid.UUID, 1000)
	for round := range 2 {
		for i := range ids {
			if round == 0 {
				ids[i] = uuid.New()
			}
			w.emit(ids[i], producers[i%len(producers)], i+1)
		}
	}
	w.awaitRecords(1000)
	testkit.Eventually(t, "everything is acknowledged", w.drained)
	w.awaitRecords(1000)
	if v := w.verify(); v.GetRecords() != 1000 || v.GetBrokenPosition() != 0 {
		t.Errorf("verdict %v, want 1000 records and no break", v)
	}
}

func (w *world) drained() bool {
	for _, stream := range events.StreamNames(boot.Producers([]boot.Service{audit.Service()})...) {
		c, err := w.js.Consumer(w.ctx, stream, "audit")
		if err != nil {
			return false
		}
		info, err := c.Info(w.ctx)
		if err != nil || info.NumPending > 0 || info.NumAckPending > 0 {
			return false
		}
	}
	return true
}

// TestOneThatCannotBeStoredTakesNoOtherWithIt adds records at once, which are written together.
func TestOneThatCannotBeStoredTakesNoOtherWithIt(t *testing.T) {
	w := start(t)
	pool := w.schema()
	t.Cleanup(pool.Close)
	a := &app.App{Store: store.New(pool)}
	const n = 40
	failed := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		r := domain.Record{EventID: uuid.New(), Type: "propusk.otp.v1.code_issued", Producer: "otp", Version: 1, Time: w.Clock.Now()}
		if i%10 == 0 {
			r.Type = "\x00" // no text in Postgres
		}
		all.Go(func() { failed[i] = a.Add(w.ctx, r) })
	}
	all.Wait()
	for i, err := range failed {
		if (err != nil) != (i%10 == 0) {
			t.Errorf("record %d: %v", i, err)
		}
	}
	if v := w.verify(); v.GetRecords() != n-n/10 || v.GetBrokenPosition() != 0 {
		t.Errorf("verdict %v", v)
	}
}

func TestRecordIsTheEvent(t *testing.T) {
	w := start(t)
	id := uuid.New()
	w.emit(id, "account", 7)
	w.awaitRecords(1)
	list, err := w.audit.ListRecords(w.ctx, &auditv1.ListRecordsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	r := list.GetRecords()[0]
	var event accounteventsv1.SignedOut
	if err := proto.Unmarshal(r.GetData(), &event); err != nil || event.GetSessionId() != "7" {
		t.Errorf("data %v, %v", &event, err)
	}
	at := w.Clock.Now().Add(1234567).Truncate(time.Microsecond)
	if r.GetPosition() != 1 || r.GetEventId() != id.String() || r.GetType() != "propusk.account.v1.signed_out" ||
		r.GetSubject() != "a" || r.GetActor() != "account:a" || !r.GetTime().AsTime().Equal(at) ||
		r.GetProducer() != "account" || r.GetVersion() != 0 || !bytes.Equal(r.GetPrevHash(), make([]byte, 32)) {
		t.Errorf("recorded %v", r)
	}
}

func TestListPages(t *testing.T) {
	w := start(t)
	w.fill(105)
	for _, c := range []struct {
		after       int64
		size        int32
		want, first int64
	}{{0, 0, 100, 1}, {100, 0, 5, 101}, {2, 3, 3, 3}, {0, 5000, 105, 1}, {105, 0, 0, 0}} {
		list, err := w.audit.ListRecords(w.ctx, &auditv1.ListRecordsRequest{After: c.after, PageSize: c.size})
		if err != nil {
			t.Fatal(err)
		}
		got := list.GetRecords()
		if int64(len(got)) != c.want || (c.want > 0 && got[0].GetPosition() != c.first) {
			t.Errorf("after %d, size %d: %d records", c.after, c.size, len(got))
		}
	}
}

func TestTamperingIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		sql    string
		broken int64
	}{
		"edited":          {`UPDATE audit.records SET actor = 'account:b' WHERE position = 3`, 3},
		"edited data":     {`UPDATE audit.records SET data = '\x00' WHERE position = 1`, 1},
		"deleted":         {`DELETE FROM audit.records WHERE position = 4`, 4},
		"cut off":         {`DELETE FROM audit.records WHERE position > 3`, 4},
		"all deleted":     {`DELETE FROM audit.records`, 1},
		"head moved back": {`UPDATE audit.head SET (position, hash) = (SELECT position, hash FROM audit.records WHERE position = 2)`, 3},
		"head's hash":     {`UPDATE audit.head SET hash = decode(repeat('11', 32), 'hex')`, 5},
		"swapped": {`UPDATE audit.records a SET data = b.data FROM audit.records b
			WHERE (a.position, b.position) IN ((2, 5), (5, 2))`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.fill(5)
			if v := w.verify(); v.GetBrokenPosition() != 0 {
				t.Fatalf("broken at %d before anybody touched it", v.GetBrokenPosition())
			}
			w.superuser(c.sql)
			if v := w.verify(); v.GetBrokenPosition() != c.broken {
				t.Errorf("broken at %d, want %d", v.GetBrokenPosition(), c.broken)
			}
		})
	}
}

func TestVerifyFromAPosition(t *testing.T) {
	w := start(t)
	w.fill(5)
	w.superuser(`UPDATE audit.records SET actor = 'x' WHERE position = 2`)
	v, err := w.audit.VerifyChain(w.ctx, &auditv1.VerifyChainRequest{After: 3})
	if err != nil || v.GetBrokenPosition() != 0 || v.GetRecords() != 2 {
		t.Errorf("%v, %v: want two records that hold", v, err)
	}
	_, err = w.audit.VerifyChain(w.ctx, &auditv1.VerifyChainRequest{After: 6})
	if !errs.Is(err, errorsv1.Reason_NOT_FOUND) {
		t.Errorf("after a record that is not there: %v", err)
	}
	_, err = w.audit.VerifyChain(w.ctx, &auditv1.VerifyChainRequest{After: -1})
	if !errs.Is(err, errorsv1.Reason_VALIDATION_FAILED) {
		t.Errorf("a negative position: %v", err)
	}
}

func TestNobodyChangesRecords(t *testing.T) {
	w := start(t)
	w.fill(1)
	pool := w.Pool()
	for _, role := range []string{"SET ROLE " + w.Role("audit") + "; ", ""} {
		for _, sql := range []string{
			`UPDATE audit.records SET actor = 'x'`, `DELETE FROM audit.records`, `TRUNCATE audit.records`,
			`DELETE FROM audit.head`, `TRUNCATE audit.head`,
		} {
			if _, err := pool.Exec(w.ctx, role+sql+"; RESET ROLE"); err == nil {
				t.Errorf("%s%s was allowed", role, sql)
			}
		}
	}
	if v := w.verify(); v.GetRecords() != 1 || v.GetBrokenPosition() != 0 {
		t.Errorf("verdict %v", v)
	}
}

// TestOldMonthsAreDroppedAndTheRestHolds moves the clock by five years.
func TestOldMonthsAreDroppedAndTheRestHolds(t *testing.T) {
	w := start(t)
	w.fill(5)
	w.Clock.Advance(58 * 31 * 24 * time.Hour)
	months := func() (n int) {
		if err := w.Pool().QueryRow(w.ctx, `SELECT count(*)::int FROM pg_inherits WHERE inhparent = 'audit.records'::regclass`).
			Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	testkit.Eventually(t, "the months to come", func() bool { return months() >= 7 })
	if v := w.verify(); v.GetRecords() != 5 || v.GetBrokenPosition() != 0 {
		t.Errorf("before their time: %v", v)
	}
	w.Clock.Advance(4 * 31 * 24 * time.Hour)
	testkit.Eventually(t, "the old month is gone", func() bool {
		var n int
		return w.Pool().QueryRow(w.ctx, `SELECT count(*)::int FROM audit.records`).Scan(&n) == nil && n == 0
	})
	for i := range 3 {
		w.emit(uuid.New(), "account", i)
	}
	w.awaitRecords(3)
	if v := w.verify(); v.GetRecords() != 3 || v.GetBrokenPosition() != 0 {
		t.Errorf("what is kept: %v", v)
	}
	w.superuser(`DELETE FROM audit.records WHERE position = 6`)
	if v := w.verify(); v.GetBrokenPosition() != 6 {
		t.Errorf("the first that is kept was deleted: %v", v)
	}
}

func TestChainGoesOnAfterARestart(t *testing.T) {
	w := start(t)
	w.fill(3)
	w.Restart()
	w.audit = auditv1.NewAuditServiceClient(w.Dial("audit", "audit"))
	w.emit(uuid.New(), "oidc", 4)
	w.awaitRecords(4)
	if v := w.verify(); v.GetRecords() != 4 || v.GetBrokenPosition() != 0 {
		t.Errorf("verdict %v", v)
	}
}

func TestNoOtherServiceReads(t *testing.T) {
	w := start(t)
	for _, service := range []string{"gateway", "account", "sandbox"} {
		c := auditv1.NewAuditServiceClient(w.Dial(service, "audit"))
		_, list := c.ListRecords(w.ctx, &auditv1.ListRecordsRequest{})
		_, verify := c.VerifyChain(w.ctx, &auditv1.VerifyChainRequest{})
		if !errs.Is(list, errorsv1.Reason_PERMISSION_DENIED) || !errs.Is(verify, errorsv1.Reason_PERMISSION_DENIED) {
			t.Errorf("%s may read: %v, %v", service, list, verify)
		}
	}
}
