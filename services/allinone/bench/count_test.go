package bench

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestPostgresIsCounted does a known amount of work and finds it in the counters.
func TestPostgresIsCounted(t *testing.T) {
	var s stores
	if err := s.startPostgres(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	if !s.counts {
		t.Skip("this PostgreSQL has no pg_stat_statements")
	}
	s.exec(t, `CREATE ROLE propusk_otp`, `CREATE ROLE propusk_sandbox`, `CREATE TABLE things (n int)`, `CREATE TABLE messages (n int)`, `CREATE TABLE client_requests (n int)`,
		`GRANT ALL ON ALL TABLES IN SCHEMA public TO propusk_otp, propusk_sandbox`)
	before, err := readStatements(t.Context(), s.admin)
	if err != nil {
		t.Fatal(err)
	}
	const n = 20
	for range n {
		s.as(t, "otp", func(ctx context.Context, c *pgx.Conn) error {
			// Two writes and a read in a transaction, and a read on its own.
			err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
				for _, q := range []string{`INSERT INTO things VALUES (1)`, `UPDATE things SET n = 2`, `SELECT n FROM things`} {
					if _, err := tx.Exec(ctx, q); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			if _, err = c.Exec(ctx, `SELECT 1`); err != nil {
				return err
			}
			// What logs a second's requests of clients is none of an operation's statements.
			_, err = c.CopyFrom(ctx, pgx.Identifier{"client_requests"}, []string{"n"}, pgx.CopyFromRows(nil))
			return err
		})
		s.as(t, sandbox, func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, `INSERT INTO messages VALUES (1)`)
			return err
		})
	}
	after, err := readStatements(t.Context(), s.admin)
	if err != nil {
		t.Fatal(err)
	}
	got := after.perOperation(before, statements{}, 0, n)
	// The server may write something of its own now and then, but not every time.
	near := func(x, want float64) bool { return x >= want-tolerance && x < want+0.5 }
	if got.ByService["otp"] != 4 || got.ByService[sandbox] != 1 || got.total() != 4 || got.Received != 1 {
		t.Errorf("statements: %+v", got)
	}
	if !near(got.Commits, 1) || !near(got.Flushes, 1) {
		t.Errorf("%v commits and %v flushes an operation, want 1 and 1", got.Commits, got.Flushes)
	}
	if b, err := s.busy(t.Context(), sandbox); err != nil || b.service <= 0 || b.rest() <= 0 || b.rest() >= 1 {
		t.Errorf("busy for %v, %v", b, err)
	}
}

func (s *stores) exec(t *testing.T, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if _, err := s.admin.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// as runs do on a connection of its own: a session that has ended has told the statistics all that it did.
func (s *stores) as(t *testing.T, service string, do func(ctx context.Context, c *pgx.Conn) error) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.postgres.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), `SET ROLE propusk_`+service); err != nil {
		t.Fatal(err)
	}
	if err := do(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
