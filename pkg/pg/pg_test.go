package pg_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/testkit"
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
