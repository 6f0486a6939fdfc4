package allinone_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/pg"
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

// TestOldRowsAreSwept moves the clock over every retention that the sweeper carries out, in every service.
func TestOldRowsAreSwept(t *testing.T) {
	i := start(t)
	i.walk(1)
	for _, s := range allinone.Services() {
		if s.Migrations == nil {
			continue
		}
		pool, err := pg.Open(t.Context(), pg.Options{
			URL: i.Pool().Config().ConnString(), Service: s.Name, SetRole: true,
			Installation: strings.TrimSuffix(i.Role(s.Name), "_"+s.Name),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		if err := retention.Sweep(t.Context(), pool, time.Now().AddDate(20, 0, 0)); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		rules, err := retention.Rules(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			var left int
			query := "SELECT count(*)::int FROM " + pgx.Identifier{r.Table}.Sanitize() + " WHERE " + pgx.Identifier{r.Column}.Sanitize() + " < now()"
			if err := pool.QueryRow(t.Context(), query).Scan(&left); err != nil || left > 0 {
				t.Errorf("%s.%s still has %d old rows, %v", s.Name, r.Table, left, err)
			}
		}
	}
}
