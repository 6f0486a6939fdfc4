package pg_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// service is a schema with one table; its Run hands the pool to the test.
func service(name string, pools chan<- *pgxpool.Pool) boot.Service {
	return boot.Service{
		Name: name,
		Migrations: fstest.MapFS{"00001_counters.sql": {Data: []byte(`-- +goose Up
CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL);
INSERT INTO counters VALUES (1, 0), (2, 0);
`)}},
		Run: func(ctx context.Context, p *boot.Platform) error {
			pool, err := p.Postgres(ctx)
			if err != nil {
				return err
			}
			pools <- pool
			return p.Serve(ctx)
		},
	}
}

func start(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pools := make(chan *pgxpool.Pool, 1)
	testkit.Start(t, testkit.Options{Services: []boot.Service{service("counting", pools)}})
	return <-pools
}

func count(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	if err := pool.QueryRow(context.Background(), `SELECT sum(n)::int FROM counters`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func add(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = 1`)
	return err
}

func TestInTxCommitsOrRollsBack(t *testing.T) {
	pool := start(t)
	ctx := context.Background()
	hooks := 0
	err := pg.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
		pg.AfterCommit(ctx, func() { hooks++ })
		return add(ctx, tx)
	})
	if err != nil || hooks != 1 {
		t.Fatalf("commit: %v, %d hooks", err, hooks)
	}
	refused := errors.New("refused")
	err = pg.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
		pg.AfterCommit(ctx, func() { hooks++ })
		return errors.Join(add(ctx, tx), refused)
	})
	if !errors.Is(err, refused) || hooks != 1 || count(t, pool) != 1 {
		t.Errorf("rollback: %v, %d hooks, count %d", err, hooks, count(t, pool))
	}
}

func TestInTxRunsOvertakenTransactionsAgain(t *testing.T) {
	pool := start(t)
	tries := 0
	err := pg.InTx(context.Background(), pool, func(ctx context.Context, tx pgx.Tx) error {
		if tries++; tries < 3 {
			return errors.Join(add(ctx, tx), pg.ErrRetry)
		}
		return add(ctx, tx)
	})
	if err != nil || tries != 3 || count(t, pool) != 1 {
		t.Errorf("%v after %d tries, count %d", err, tries, count(t, pool))
	}
}

// TestInTxOutlivesDeadlocks has transactions take two rows in opposite orders.
func TestInTxOutlivesDeadlocks(t *testing.T) {
	pool := start(t)
	var all sync.WaitGroup
	both := make(chan struct{}, 2)
	var failed atomic.Int32
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		all.Go(func() {
			first := true
			err := pg.InTx(context.Background(), pool, func(ctx context.Context, tx pgx.Tx) error {
				if _, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = $1`, order[0]); err != nil {
					return err
				}
				if first {
					first = false
					both <- struct{}{}
					for len(both) < 2 {
						if ctx.Err() != nil {
							return ctx.Err()
						}
					}
				}
				_, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = $1`, order[1])
				return err
			})
			if err != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	if failed.Load() != 0 || count(t, pool) != 4 {
		t.Errorf("%d failed, count %d, want 4", failed.Load(), count(t, pool))
	}
}

func TestNothingElseInsideATransaction(t *testing.T) {
	pool := start(t)
	err := pg.InTx(context.Background(), pool, func(ctx context.Context, _ pgx.Tx) error {
		return pg.InTx(ctx, pool, func(context.Context, pgx.Tx) error { return nil })
	})
	if !errors.Is(err, pg.ErrNested) {
		t.Errorf("a nested transaction: %v", err)
	}
}

func TestServicesSeeOnlyTheirOwnSchema(t *testing.T) {
	ones, twos := make(chan *pgxpool.Pool, 1), make(chan *pgxpool.Pool, 1)
	testkit.Start(t, testkit.Options{Services: []boot.Service{service("one", ones), service("two", twos)}})
	one := <-ones
	_, err := one.Exec(context.Background(), `SELECT * FROM two.counters`)
	if err == nil || !strings.Contains(err.Error(), "42501") {
		t.Errorf("the other service's table: %v", err)
	}
	if _, err := one.Exec(context.Background(), `CREATE TABLE public.x ()`); err == nil {
		t.Error("a table in public")
	}
}

// repeatable is a use case as services write it: recall, else act and remember, in one transaction.
type repeatable struct {
	pool    *pgxpool.Pool
	answers *pg.Answers
}

type order struct{ Thing, Password string }

func (r repeatable) do(ctx context.Context, o order) (got string, err error) {
	err = pg.InTx(ctx, r.pool, func(ctx context.Context, tx pgx.Tx) error {
		if found, err := r.answers.Recall(ctx, tx, "Order", o, &got); found || err != nil {
			return err
		}
		if err := add(ctx, tx); err != nil {
			return err
		}
		got = "token-of-" + secret.NewRandomID()
		return r.answers.Remember(ctx, tx, "Order", o, got)
	})
	return got, err
}

func newRepeatable(t *testing.T, now func() time.Time) repeatable {
	t.Helper()
	return repeatable{pool: start(t), answers: pg.NewAnswers(secret.NewKeys(), now)}
}

func keyed(key string) context.Context {
	return rpc.WithRequest(context.Background(), rpc.Request{IdempotencyKey: key})
}

func TestRepeatedRequestsGetTheSameAnswer(t *testing.T) {
	r := newRepeatable(t, time.Now)
	first, err := r.do(keyed("key-000001"), order{"book", "p"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.do(keyed("key-000001"), order{"book", "p"})
	if err != nil || again != first || count(t, r.pool) != 1 {
		t.Errorf("again: %v, same %v, count %d", err, again == first, count(t, r.pool))
	}
	if other, err := r.do(keyed("key-000002"), order{"book", "p"}); err != nil || other == first {
		t.Errorf("another key: %v, same %v", err, other == first)
	}
	_, err = r.do(keyed("key-000001"), order{"book", "another"})
	if !errs.Is(err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED) {
		t.Errorf("another request: %v", err)
	}
	_, err = r.do(keyed("short"), order{"book", "p"})
	if !errs.Is(err, errorsv1.Reason_IDEMPOTENCY_KEY_INVALID) {
		t.Errorf("a short key: %v", err)
	}
}

func TestRepeatedRequestsInParallelHaveOneEffect(t *testing.T) {
	r := newRepeatable(t, time.Now)
	var all sync.WaitGroup
	var seen sync.Map
	for range 20 {
		all.Go(func() {
			got, err := r.do(keyed("key-000001"), order{"book", "p"})
			if err != nil {
				t.Error(err)
			}
			seen.Store(got, true)
		})
	}
	all.Wait()
	n := 0
	seen.Range(func(any, any) bool { n++; return true })
	if n != 1 || count(t, r.pool) != 1 {
		t.Errorf("%d answers, count %d", n, count(t, r.pool))
	}
}

func TestAnswersAreForgottenAndKeptSealed(t *testing.T) {
	now := time.Now()
	r := newRepeatable(t, func() time.Time { return now })
	first, err := r.do(keyed("key-000001"), order{"book", "canary-password"})
	if err != nil {
		t.Fatal(err)
	}
	var row string
	if err := r.pool.QueryRow(context.Background(), `SELECT answers::text || encode(answer, 'escape') FROM answers`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(row, "canary") || strings.Contains(row, first) {
		t.Errorf("the row shows a secret: %s", row)
	}
	now = now.Add(24*time.Hour + time.Second)
	if again, err := r.do(keyed("key-000001"), order{"book", "p"}); err != nil || again == first {
		t.Errorf("after a day: %v, same %v", err, again == first)
	}
}
