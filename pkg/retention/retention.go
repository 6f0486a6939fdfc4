// Package retention keeps every table bounded. How long a table's rows are kept is said where the table is made, in its
// comment, and one sweeper in every service deletes what is older:
//
//	COMMENT ON TABLE messages IS 'Kept: 60 days after expire_at';
//	COMMENT ON TABLE persons IS 'Kept: with the account';
//
// A comment of the first form names a column of type timestamptz, which needs an index, and is carried out here: a row
// goes when the platform's clock is so many days past the column's instant; a row without an instant stays. Any other text
// after "Kept: " says in words what bounds the table. A table without such a comment fails a test.
package retention

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// Every is how often a schema is swept.
	Every = time.Hour

	sweepBatch = 5000
	day        = 24 * time.Hour
)

// Rule is how long a table's rows are kept.
type Rule struct {
	Table, Column string
	Keep          time.Duration
}

// Parse reads a table's comment; false: it says in words what bounds the table, and nothing is swept.
func Parse(table, text string) (Rule, bool) {
	m := regexp.MustCompile(`^Kept: (\d+) days? after ([a-z_]+)$`).FindStringSubmatch(text)
	if m == nil {
		return Rule{}, false
	}
	days, err := strconv.Atoi(m[1])
	return Rule{Table: table, Column: m[2], Keep: time.Duration(days) * day}, err == nil
}

// Sweep deletes what is older than its table's comment says.
func Sweep(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	rules, err := Rules(ctx, pool)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if err := r.sweep(ctx, pool, now); err != nil {
			return fmt.Errorf("%s: %w", r.Table, err)
		}
	}
	return nil
}

// Rules are those of the tables in the pool's schema.
func Rules(ctx context.Context, pool *pgxpool.Pool) ([]Rule, error) {
	rows, err := pool.Query(ctx, `SELECT relname, obj_description(oid, 'pg_class') FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
		  AND obj_description(oid, 'pg_class') LIKE 'Kept: %' ORDER BY relname`)
	if err != nil {
		return nil, err
	}
	var out []Rule
	var table, text string
	_, err = pgx.ForEachRow(rows, []any{&table, &text}, func() error {
		if r, ok := Parse(table, text); ok {
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

// sweep deletes some rows at a time, so that nobody waits for it; rows that others hold come next time.
func (r Rule) sweep(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	table, column := pgx.Identifier{r.Table}.Sanitize(), pgx.Identifier{r.Column}.Sanitize()
	query := fmt.Sprintf(`DELETE FROM %[1]s WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM %[1]s WHERE %[2]s < $1 ORDER BY %[2]s LIMIT %[3]d FOR UPDATE SKIP LOCKED))`, table, column, sweepBatch)
	for {
		tag, err := pool.Exec(ctx, query, now.Add(-r.Keep))
		if err != nil || tag.RowsAffected() < sweepBatch {
			return err
		}
	}
}
