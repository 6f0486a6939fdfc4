package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// statements are how many SQL statements each service's role executed, and commits of explicit transactions.
type statements struct {
	ByService map[string]float64 `json:"byService"`
	Commits   float64            `json:"commits"`
}

// countable says whether this PostgreSQL has pg_stat_statements.
func countable(ctx context.Context, c *pgx.Conn) (bool, error) {
	var there bool
	err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements')`).Scan(&there)
	return there, err
}

// readStatements reads the counters. What begins and ends transactions, and settings, do not count as statements.
func readStatements(ctx context.Context, pool *pgxpool.Pool) (statements, error) {
	s := statements{ByService: map[string]float64{}}
	rows, err := pool.Query(ctx, `
		SELECT r.rolname, lower(split_part(ltrim(s.query), ' ', 1)), sum(s.calls)::float8
		FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname <> current_user GROUP BY 1, 2`)
	if err != nil {
		return s, err
	}
	var role, verb string
	var calls float64
	_, err = pgx.ForEachRow(rows, []any{&role, &verb, &calls}, func() error {
		switch strings.TrimRight(verb, ";") {
		case "commit":
			s.Commits += calls
		case "begin", "rollback", "set", "listen", "unlisten", "deallocate":
		default:
			s.ByService[role] += calls
		}
		return nil
	})
	return s, err
}

// perOperation is what n operations did since before, without what the idle platform does in the same time.
func (s statements) perOperation(before, idle statements, idles float64, n int) statements {
	out := statements{ByService: map[string]float64{}}
	for role, calls := range s.ByService {
		if per := (calls - before.ByService[role] - idles*idle.ByService[role]) / float64(n); per > 0.05 {
			out.ByService[role] = per
		}
	}
	out.Commits = (s.Commits - before.Commits - idles*idle.Commits) / float64(n)
	return out
}

func (s statements) total() float64 {
	sum := 0.0
	for _, n := range s.ByService {
		sum += n
	}
	return sum
}

// String names the services, those with most statements first.
func (s statements) String() string {
	names := slices.SortedFunc(maps.Keys(s.ByService), func(a, b string) int {
		return int(100*s.ByService[b]) - int(100*s.ByService[a])
	})
	var parts []string
	for _, n := range names {
		parts = append(parts, fmt.Sprintf("%s %.1f", n, s.ByService[n]))
	}
	return strings.Join(parts, ", ")
}

const (
	countedOperations = 40
	// idleCount is how long the idle platform's own statements (looking for work) are counted.
	idleCount = 2 * time.Second
)

// count has one worker do some operations and counts what they and their background work make Postgres do.
func (w *world) count(ctx context.Context, do operation) (*statements, error) {
	if !w.counts {
		return nil, nil //nolint:nilnil // it cannot be known here
	}
	if err := w.settle(ctx); err != nil {
		return nil, err
	}
	if err := w.countIdle(ctx); err != nil {
		return nil, err
	}
	before, err := readStatements(ctx, w.admin)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	for range countedOperations {
		if _, err := do(ctx, 0); err != nil {
			return nil, err
		}
	}
	if err := w.settle(ctx); err != nil {
		return nil, err
	}
	after, err := readStatements(ctx, w.admin)
	if err != nil {
		return nil, err
	}
	idles := time.Since(begin).Seconds() / idleCount.Seconds()
	per := after.perOperation(before, w.idle, idles, countedOperations)
	return &per, nil
}

// countIdle measures, once, what the idle platform does.
func (w *world) countIdle(ctx context.Context) error {
	if w.idle.ByService != nil {
		return nil
	}
	before, err := readStatements(ctx, w.admin)
	if err != nil {
		return err
	}
	if err := pause(ctx, idleCount); err != nil {
		return err
	}
	after, err := readStatements(ctx, w.admin)
	w.idle = after.perOperation(before, statements{}, 0, 1)
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
