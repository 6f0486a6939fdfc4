package pg_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"
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

// TestInTxBeginsAndCommitsByWhicheverStatementComes runs each kind of first and last statement.
func TestInTxBeginsAndCommitsByWhicheverStatementComes(t *testing.T) {
	pool := start(t)
	var n int
	one := func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE counters SET n = n + 1 WHERE id = $1 RETURNING n`, 1).Scan(&n)
	}
	last := func(ctx context.Context, tx pgx.Tx) error {
		return pg.ExecLast(ctx, tx, `UPDATE counters SET n = n + 1 WHERE id = $1`, 1)
	}
	for name, statements := range map[string][]func(ctx context.Context, tx pgx.Tx) error{
		"nothing":             nil,
		"a statement":         {add},
		"arguments":           {one},
		"rows":                {each(1)},
		"rows, then more":     {each(1), one, add},
		"only the last":       {last},
		"a row, then last":    {one, last, last},
		"none found":          {missing, one},
		"a batch":             {batch},
		"several statements":  {script, one},
		"a row after the row": {one, one},
	} {
		before := count(t, pool)
		want := map[string]int{
			"a statement": 1, "arguments": 1, "rows": 1, "rows, then more": 3, "only the last": 1, "a row, then last": 3,
			"none found": 1, "a batch": 2, "several statements": 3, "a row after the row": 2,
		}[name]
		run := func(then error) error {
			return pg.InTx(t.Context(), pool, func(ctx context.Context, tx pgx.Tx) error {
				for _, s := range statements {
					if err := s(ctx, tx); err != nil {
						return err
					}
				}
				return then
			})
		}
		refused := errors.New("refused")
		if err := run(refused); !errors.Is(err, refused) || count(t, pool) != before {
			t.Errorf("%s, refused: %v, %d more", name, err, count(t, pool)-before)
		}
		if err := run(nil); err != nil || count(t, pool) != before+want {
			t.Errorf("%s: %v, %d more, want %d", name, err, count(t, pool)-before, want)
		}
	}
	wantAllKept(t, pool)
}

func each(id int) func(ctx context.Context, tx pgx.Tx) error {
	return func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE counters SET n = n + 1 WHERE id = $1 RETURNING n`, id)
		if err != nil {
			return err
		}
		for rows.Next() { // not closed: the last Next does it
		}
		return rows.Err()
	}
}

func missing(ctx context.Context, tx pgx.Tx) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT n FROM counters WHERE id = $1`, 99).Scan(&n); !pg.IsNotFound(err) {
		return fmt.Errorf("a row that is not there: %w", err)
	}
	return nil
}

func batch(ctx context.Context, tx pgx.Tx) error {
	b := &pgx.Batch{}
	b.Queue(`UPDATE counters SET n = n + 1 WHERE id = $1`, 1)
	b.Queue(`UPDATE counters SET n = n + 1 WHERE id = $1`, 2)
	return tx.SendBatch(ctx, b).Close()
}

func script(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE counters SET n = n + 1 WHERE id = 1; UPDATE counters SET n = n + 1 WHERE id = 2`)
	return err
}

// TestAFailedStatementCommitsNothing wherever in the transaction it is, and leaves the connection usable.
func TestAFailedStatementCommitsNothing(t *testing.T) {
	pool := start(t)
	fails := func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO counters VALUES ($1, 0)`, 1)
		return err
	}
	for name, fn := range map[string]func(ctx context.Context, tx pgx.Tx) error{
		"the first":   fails,
		"a later one": func(ctx context.Context, tx pgx.Tx) error { return errors.Join(add(ctx, tx), fails(ctx, tx)) },
		"the last": func(ctx context.Context, tx pgx.Tx) error {
			return errors.Join(add(ctx, tx), pg.ExecLast(ctx, tx, `INSERT INTO counters VALUES ($1, 0)`, 1))
		},
		"the first of rows": func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `INSERT INTO counters VALUES ($1, 0) RETURNING n`, 1).Scan(new(int))
		},
	} {
		err := pg.InTx(t.Context(), pool, fn)
		if !pg.IsUnique(err, "counters_pkey") || count(t, pool) != 0 {
			t.Errorf("%s: %v, count %d", name, err, count(t, pool))
		}
	}
	err := pg.InTx(t.Context(), pool, func(ctx context.Context, tx pgx.Tx) error {
		if !pg.IsUnique(fails(ctx, tx), "counters_pkey") {
			t.Error("nothing failed")
		}
		return nil // as if it had not
	})
	if !errors.Is(err, pgx.ErrTxCommitRollback) {
		t.Errorf("a failed transaction is committed: %v", err)
	}
	wantAllKept(t, pool)
}

// TestIDsComeBackAsTheyWere alone, in lists, as part of a row, unset, and as what a uuid column may hold besides.
func TestIDsComeBackAsTheyWere(t *testing.T) {
	pool := start(t)
	ids := []uuid.UUID{uuid.New(), uuid.Must(uuid.NewV7()), uuid.Nil}
	for _, id := range ids {
		var got uuid.UUID
		var text string
		err := pool.QueryRow(t.Context(), `SELECT $1::uuid, $1::uuid::text`, id).Scan(&got, &text)
		if err != nil || got != id || text != id.String() {
			t.Errorf("%s came back as %s, in the database %s: %v", id, got, text, err)
		}
	}
	var list []uuid.UUID
	err := pool.QueryRow(t.Context(), `SELECT $1::uuid[]`, ids).Scan(&list)
	if err != nil || !slices.Equal(list, ids) {
		t.Errorf("a list came back as %v, %v", list, err)
	}
	var set, unset uuid.NullUUID
	var pointer, nothing *uuid.UUID
	err = pool.QueryRow(t.Context(), `SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid`,
		uuid.NullUUID{UUID: ids[0], Valid: true}, uuid.NullUUID{}, &ids[1], (*uuid.UUID)(nil)).Scan(&set, &unset, &pointer, &nothing)
	if err != nil || set.UUID != ids[0] || unset.Valid || *pointer != ids[1] || nothing != nil {
		t.Errorf("came back as %v, %v, %v, %v: %v", set, unset, pointer, nothing, err)
	}
	var id uuid.UUID
	if err := pool.QueryRow(t.Context(), `SELECT $1::text::uuid`, ids[0].String()).Scan(&id); err != nil || id != ids[0] {
		t.Errorf("from text: %v, %v", id, err)
	}
	var text string
	if err := pool.QueryRow(t.Context(), `SELECT $1::text`, ids[0]).Scan(&text); err != nil || text != ids[0].String() {
		t.Errorf("as text: %q, %v", text, err)
	}
}

// wantAllKept fails if the pool has thrown a connection away.
func wantAllKept(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	if stat := pool.Stat(); stat.NewConnsCount() != int64(stat.TotalConns()) {
		t.Errorf("of %d connections %d are left", stat.NewConnsCount(), stat.TotalConns())
	}
}
