package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// profile starts profiling a case, if that is requested; the function it returns writes the result: a CPU profile of the
// platform, and the statements that took Postgres longest.
func (w *world) profile(ctx context.Context, name string) (finish func() error, err error) {
	if w.options.Profiles == "" {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(w.options.Profiles, 0o750); err != nil {
		return nil, err
	}
	if w.counts {
		if _, err := w.admin.Exec(ctx, `SELECT pg_stat_statements_reset()`); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(w.options.Profiles, strings.NewReplacer(" ", "-", "/", "-", ":", "", ",", "").Replace(name))
	done := make(chan error, 1)
	go func() { done <- w.writeCPU(ctx, file+".pprof") }()
	return func() error { return errors.Join(w.writeStatements(ctx, file+".sql"), <-done) }, nil
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

func (w *world) writeStatements(ctx context.Context, file string) error {
	if !w.counts {
		return nil
	}
	rows, err := w.admin.Query(ctx, `
		SELECT r.rolname || ': ' || regexp_replace(s.query, '\s+', ' ', 'g'), s.calls, s.total_exec_time
		FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname <> current_user
		ORDER BY s.total_exec_time DESC LIMIT 50`)
	if err != nil {
		return err
	}
	out := strings.Builder{}
	var text string
	var calls int64
	var ms float64
	_, err = pgx.ForEachRow(rows, []any{&text, &calls, &ms}, func() error {
		fmt.Fprintf(&out, "%8.1f ms %7d calls %8.4f ms each  %s\n", ms, calls, ms/float64(calls), text)
		return nil
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(out.String()), 0o600)
}
