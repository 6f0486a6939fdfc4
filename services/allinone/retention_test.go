package allinone_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/retention"
	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone"
)

// keptByOthers are tables that are not ours, by how their names begin: the migrations' own, one row for each, and
// River's, which deletes what is done after a day and what failed for good after a week.
var keptByOthers = []string{"base_version", "schema_version", "river_"}

// TestEveryTableIsBounded finds tables of which nobody has said how long their rows are kept, and those whose comment
// names a column that is not there or that would be looked for without an index.
func TestEveryTableIsBounded(t *testing.T) {
	e := testkit.Start(t, testkit.Options{Services: allinone.Services()})
	rows, err := e.Pool().Query(t.Context(), `SELECT n.nspname, c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''),
		ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
		      WHERE i.indrelid = c.oid AND a.atttypid = 'timestamptz'::regtype)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema|public)'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, swept := 0, 0
	var schema, table, comment string
	var indexed []string
	_, err = pgx.ForEachRow(rows, []any{&schema, &table, &comment, &indexed}, func() error {
		tables++
		if slices.ContainsFunc(keptByOthers, func(prefix string) bool { return strings.HasPrefix(table, prefix) }) {
			return nil
		}
		if len(comment) < len("Kept: ")+3 || !strings.HasPrefix(comment, "Kept: ") {
			t.Errorf("%s.%s has no comment that says how long its rows are kept: see pkg/retention", schema, table)
		}
		if r, ok := retention.Parse(table, comment); ok {
			swept++
			if !slices.Contains(indexed, r.Column) {
				t.Errorf("%s.%s is swept by %s, which begins no index of it", schema, table, r.Column)
			}
		}
		return nil
	})
	if err != nil || tables < 50 || swept < 20 {
		t.Errorf("%d tables, %d swept, %v", tables, swept, err)
	}
}

// sample is a value for each type that a column without a default has in a swept table.
const sample = `CASE atttypid::regtype::text
	WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'text' THEN quote_literal('x') WHEN 'bytea' THEN quote_literal('x') || '::bytea'
	WHEN 'timestamp with time zone' THEN 'now()' WHEN 'date' THEN 'current_date' WHEN 'boolean' THEN 'false'
	WHEN 'jsonb' THEN quote_literal('{}') WHEN 'text[]' THEN quote_literal('{}') ELSE '0' END`

// TestOldRowsAreSwept puts an old row into every table that the sweeper looks after, beside those of a whole walk.
func TestOldRowsAreSwept(t *testing.T) {
	const old = "2001-01-01T00:00:00Z"
	i := start(t)
	i.walk(1)
	swept := 0
	for _, s := range allinone.Services() {
		if s.Migrations == nil {
			continue
		}
		pool := i.pool(s.Name)
		rules, err := retention.Rules(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			if err := insertOld(t.Context(), i.Pool(), s.Name, r, old); err != nil {
				t.Errorf("%s.%s: %v", s.Name, r.Table, err)
			}
			swept++
		}
		if err := retention.Sweep(t.Context(), pool, time.Now()); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		for _, r := range rules {
			query := "SELECT count(*)::int FROM " + pgx.Identifier{s.Name, r.Table}.Sanitize() +
				" WHERE " + pgx.Identifier{r.Column}.Sanitize() + " = $1"
			if n := i.count(query, old); n > 0 {
				t.Errorf("%s.%s still has its old row", s.Name, r.Table)
			}
		}
		// What has grown in a walk goes too, whatever else refers to it.
		if err := retention.Sweep(t.Context(), pool, time.Now().AddDate(20, 0, 0)); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if swept < 20 {
		t.Errorf("only %d tables are swept", swept)
	}
}

// pool is a service's own: what it may not do is not done.
func (i *installation) pool(service string) *pgxpool.Pool {
	i.t.Helper()
	config := i.Pool().Config()
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET ROLE "+pgx.Identifier{i.Role(service)}.Sanitize()+"; SET search_path = "+pgx.Identifier{service}.Sanitize())
		return err
	}
	pool, err := pgxpool.NewWithConfig(i.t.Context(), config)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(pool.Close)
	return pool
}

// insertOld makes a row that is too old; what it would refer to need not be there, nor need its values mean anything.
func insertOld(ctx context.Context, pool *pgxpool.Pool, schema string, r retention.Rule, old string) error {
	table := pgx.Identifier{schema, r.Table}.Sanitize()
	var columns, values string
	err := pool.QueryRow(ctx, `SELECT coalesce(string_agg(quote_ident(attname), ', '), ''), coalesce(string_agg(`+sample+`, ', '), '')
		FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef
		  AND attidentity = '' AND attname <> $2`, table, r.Column).Scan(&columns, &values)
	if err != nil {
		return err
	}
	if columns != "" {
		columns, values = ", "+columns, ", "+values
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'`, table)
		if err != nil {
			return err
		}
		checks, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, check := range checks {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+table+" DROP CONSTRAINT "+check); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO "+table+" ("+pgx.Identifier{r.Column}.Sanitize()+columns+") VALUES ('"+old+"'"+values+")")
		return err
	})
}
