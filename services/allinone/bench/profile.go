package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// profile starts profiling a load on the platform, if that is requested; the function it returns writes the result: a CPU
// profile of the platform, and the statements that took Postgres longest.
func (w *world) profile(ctx context.Context, p part) (finish func() error, err error) {
	if w.options.Profiles == "" || p.pids != w.pids || p.name == hashName {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(w.options.Profiles, 0o750); err != nil {
		return nil, err
	}
	before, err := w.busiest(ctx)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(w.options.Profiles, strings.NewReplacer(" ", "-", "/", "-", ":", "", ",", "").Replace(p.name))
	done := make(chan error, 1)
	go func() { done <- w.writeCPU(ctx, file+".pprof") }()
	return func() error { return errors.Join(w.writeStatements(ctx, file+".sql", before), <-done) }, nil
}

func (w *world) writeCPU(ctx context.Context, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.management+"/debug/pprof/profile?seconds=3", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

// spent is how often a statement was executed, and for how many milliseconds.
type spent struct{ calls, ms float64 }

// busiest is what each service's statements have taken so far.
func (w *world) busiest(ctx context.Context) (map[string]spent, error) {
	out := map[string]spent{}
	if !w.counts {
		return out, nil
	}
	rows, err := w.admin.Query(ctx, `
		SELECT r.rolname || ': ' || regexp_replace(s.query, '\s+', ' ', 'g'), sum(s.calls)::float8, sum(s.total_exec_time)
		FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname <> current_user GROUP BY 1`)
	if err != nil {
		return nil, err
	}
	var text string
	var s spent
	_, err = pgx.ForEachRow(rows, []any{&text, &s.calls, &s.ms}, func() error {
		out[text] = s
		return nil
	})
	return out, err
}

// writeStatements writes the fifty statements that took longest since before.
func (w *world) writeStatements(ctx context.Context, file string, before map[string]spent) error {
	now, err := w.busiest(ctx)
	if err != nil {
		return err
	}
	for text, s := range now {
		now[text] = spent{calls: s.calls - before[text].calls, ms: s.ms - before[text].ms}
	}
	longest := slices.SortedFunc(maps.Keys(now), func(a, b string) int { return cmp.Compare(now[b].ms, now[a].ms) })
	out := strings.Builder{}
	for _, text := range longest[:min(50, len(longest))] {
		if s := now[text]; s.calls > 0 {
			fmt.Fprintf(&out, "%8.1f ms %7.0f calls %8.4f ms each  %s\n", s.ms, s.calls, s.ms/s.calls, text)
		}
	}
	return os.WriteFile(file, []byte(out.String()), 0o600)
}
