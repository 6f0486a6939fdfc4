package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sandbox is the service that plays the outside world; what it does is no operation's.
const sandbox = "sandbox"

// serviceOfRole is the service that a role is of: what follows the installation's name.
const serviceOfRole = `regexp_replace(r.rolname, '^.*_', '')`

// statements are what Postgres was asked to do.
type statements struct {
	// ByService are the SQL statements of each service's role.
	ByService map[string]float64 `json:"byService"`
	// Commits are transactions that wrote something, explicit ones and single statements alike.
	Commits float64 `json:"commits"`
	// Flushes are how often somebody waited for the WAL to reach the disk; commits at the same time share one.
	Flushes float64 `json:"flushes"`
	// Received are the messages that the sandbox has stored, a transaction each.
	Received float64 `json:"received"`
}

// countable says whether this PostgreSQL has pg_stat_statements.
func countable(ctx context.Context, c *pgx.Conn) (bool, error) {
	var there bool
	err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements')`).Scan(&there)
	return there, err
}

// notCounted is what does not count as statements: what begins and ends transactions, settings, and the copying of clients' logs,
// which is done about each second for all requests since, and for which none of them waits.
const notCounted = `'^\s*(begin|commit|rollback|set|listen|unlisten|deallocate)\M|^\s*copy "client_requests"'`

// readStatements reads the counters. Not every version shows prepared statements that begin and end transactions;
// a transaction is counted by the number that it got when it first wrote.
func readStatements(ctx context.Context, pool *pgxpool.Pool) (statements, error) {
	s := statements{ByService: map[string]float64{}}
	rows, err := pool.Query(ctx, `
		SELECT `+serviceOfRole+`, sum(s.calls) FILTER (WHERE s.query !~* `+notCounted+`)::float8,
			coalesce(sum(s.calls) FILTER (WHERE s.query LIKE '%INSERT INTO messages%'), 0)::float8
		FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
		WHERE r.rolname <> current_user AND s.toplevel GROUP BY 1`)
	if err != nil {
		return s, err
	}
	var service string
	var calls *float64
	var received float64
	_, err = pgx.ForEachRow(rows, []any{&service, &calls, &received}, func() error {
		if calls != nil {
			s.ByService[service] = *calls
		}
		if service == sandbox {
			s.Received = received
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	err = pool.QueryRow(ctx, `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8`).Scan(&s.Commits)
	if err != nil {
		return s, err
	}
	s.Flushes, err = readFlushes(ctx, pool)
	return s, err
}

// withIOByObject is the version from which pg_stat_io counts the WAL, and by whom, instead of pg_stat_wal.
const withIOByObject = 180000

// readFlushes reads how often the WAL was flushed. Where a write itself is synchronous (wal_sync_method), it is the write.
// Before PostgreSQL 18 the WAL writer's own, at most five a second, are among them.
func readFlushes(ctx context.Context, pool *pgxpool.Pool) (n float64, err error) {
	var version int
	var synchronous bool
	err = pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('wal_sync_method') LIKE 'open%'`).
		Scan(&version, &synchronous)
	if err != nil {
		return 0, err
	}
	query := `SELECT CASE WHEN $1 THEN wal_write ELSE wal_sync END::float8 FROM pg_stat_wal`
	if version >= withIOByObject {
		query = `SELECT coalesce(sum(CASE WHEN $1 THEN writes ELSE fsyncs END), 0)::float8 FROM pg_stat_io
			WHERE object = 'wal' AND context = 'normal' AND backend_type = 'client backend'`
	}
	return n, pool.QueryRow(ctx, query, synchronous).Scan(&n)
}

// busyTime is how long Postgres has executed statements: a service's and all. Waiting for a lock is not being busy.
type busyTime struct{ service, all float64 }

// busy reads how long Postgres has executed a service's statements. It is time that passed, not CPU: only the share of it
// means anything.
func (s *stores) busy(ctx context.Context, service string) (b busyTime, err error) {
	if !s.counts {
		return b, nil
	}
	err = s.admin.QueryRow(ctx, `
		SELECT coalesce(sum(s.total_exec_time) FILTER (WHERE `+serviceOfRole+` = $1), 0), coalesce(sum(s.total_exec_time), 0)
		FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
		WHERE s.toplevel AND s.query NOT LIKE '%pg_advisory%'`, service).Scan(&b.service, &b.all)
	return b, err
}

func (b busyTime) since(before busyTime) busyTime {
	return busyTime{service: b.service - before.service, all: b.all - before.all}
}

// rest is the share of the others.
func (b busyTime) rest() float64 {
	if b.all <= 0 {
		return 1
	}
	return 1 - b.service/b.all
}

// perOperation is what n operations did since before, without what the idle platform does in so many seconds, and without
// the sandbox's inbox.
func (s statements) perOperation(before, idle statements, seconds float64, n int) statements {
	per := func(now, then, idle float64) float64 { return max(0, now-then-seconds*idle) / float64(n) }
	out := statements{ByService: map[string]float64{}, Received: per(s.Received, before.Received, idle.Received)}
	for role, calls := range s.ByService {
		if x := per(calls, before.ByService[role], idle.ByService[role]); x > tolerance {
			out.ByService[role] = x
		}
	}
	out.Commits = max(0, per(s.Commits, before.Commits, idle.Commits)-out.Received)
	out.Flushes = max(0, per(s.Flushes, before.Flushes, idle.Flushes)-out.Received)
	return out
}

// total is the number of statements, but for the sandbox's.
func (s statements) total() float64 {
	sum := 0.0
	for role, n := range s.ByService {
		if role != sandbox {
			sum += n
		}
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
		text := fmt.Sprintf("%s %.1f", n, s.ByService[n])
		if n == sandbox {
			text += " (left out)"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}
