package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/embedded"
)

// world is one installation: the platform in a process of its own, as with `make run`, except for a real Redis. Postgres
// commits to the disk, and so do the streams of the embedded NATS.
type world struct {
	options Options
	dir     string
	url     string
	// management is the origin of the platform's management port.
	management string
	http       *http.Client
	postgres   *embedded.PostgresServer
	redis      *embedded.RedisProcess
	server     *exec.Cmd
	ended      chan error
	admin      *pgxpool.Pool
	pids       processes
	// counts says that statements can be counted; idle is what an idle platform does.
	counts bool
	idle   statements
	people []*person
	// next is the number of the next phone.
	next int
}

const startTime = time.Minute

func newWorld(ctx context.Context, o Options) (w *world, err error) {
	w = &world{options: o, http: newClient(), ended: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.dir, err = os.MkdirTemp("", "propusk-bench-"); err != nil {
		return w, err
	}
	for _, start := range []func(context.Context) error{w.startPostgres, w.startRedis, w.startServer} {
		if err := start(ctx); err != nil {
			return w, err
		}
	}
	return w, nil
}

func newClient() *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
	return &http.Client{Transport: t, Timeout: time.Minute}
}

// startPostgres starts a durable server and has it count statements, if it can.
func (w *world) startPostgres(ctx context.Context) (err error) {
	if w.postgres, err = embedded.Postgres(ctx, embedded.PostgresOptions{Purpose: "propusk bench"}); err != nil {
		return err
	}
	if err := w.preload(ctx); err != nil {
		return err
	}
	if w.admin, err = pgxpool.New(ctx, w.postgres.URL()); err != nil {
		return err
	}
	if w.counts {
		if _, err := w.admin.Exec(ctx, `CREATE EXTENSION pg_stat_statements`); err != nil {
			return err
		}
	}
	var backend int
	if err := w.admin.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&backend); err != nil {
		return err
	}
	all, err := readProcesses()
	w.pids.postgres = all[backend].parent
	return err
}

// preload has pg_stat_statements loaded, which takes a restart.
func (w *world) preload(ctx context.Context) error {
	c, err := pgx.Connect(ctx, w.postgres.URL())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if w.counts, err = countable(ctx, c); err != nil || !w.counts {
		return err
	}
	for _, q := range []string{`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`, `CHECKPOINT`} {
		if _, err := c.Exec(ctx, q); err != nil {
			return err
		}
	}
	w.postgres.Kill()
	return w.postgres.Start(ctx)
}

func (w *world) startRedis(ctx context.Context) (err error) {
	if w.redis, err = embedded.RealRedis(ctx, ""); err != nil {
		return err
	}
	o, err := redis.ParseURL(w.redis.URL())
	if err != nil {
		return err
	}
	c := redis.NewClient(o)
	defer func() { _ = c.Close() }()
	info, err := c.InfoMap(ctx, "server").Result()
	if err != nil {
		return err
	}
	_, err = fmt.Sscan(info["Server"]["process_id"], &w.pids.redis)
	return err
}

// startServer starts the platform and waits until it is ready. Its limits per address are a sandbox's.
func (w *world) startServer(ctx context.Context) error {
	public, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	management, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	w.url, w.management = "http://"+public, "http://"+management
	w.server = exec.Command(w.options.Server) //nolint:noctx // it is stopped in order
	w.server.Env = append(withoutOwn(os.Environ()),
		"PROPUSK_ENV=sandbox", "PROPUSK_DATA_DIR="+filepath.Join(w.dir, "var"), "DATABASE_URL="+w.postgres.URL(),
		"REDIS_URL="+w.redis.URL(), "PROPUSK_GATEWAY_LISTEN="+public, "PUBLIC_URL="+w.url,
		"PROPUSK_MANAGEMENT_LISTEN="+management, "PROPUSK_PROFILING=true", "PROPUSK_OTP_SENDS_ALTOGETHER=1000000")
	w.server.Stdout, w.server.Stderr = io.Discard, os.Stderr
	// Ctrl-C reaches this process first, and it stops the server.
	w.server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := w.server.Start(); err != nil {
		return err
	}
	w.pids.server = w.server.Process.Pid
	go func() { w.ended <- w.server.Wait() }()
	return w.awaitReady(ctx)
}

// withoutOwn leaves out what would configure the platform differently from `make run`, except for its tuning.
func withoutOwn(environ []string) []string {
	var out []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if name != "DATABASE_URL" && name != "REDIS_URL" && name != "NATS_URL" && name != "PUBLIC_URL" {
			out = append(out, v)
		}
	}
	return out
}

func (w *world) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.management+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if resp, err := w.http.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-w.ended:
			w.server = nil
			return fmt.Errorf("the platform ended before it was ready: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("the platform is not ready: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// close stops everything and removes what it left.
func (w *world) close() error {
	var failed error
	if w.server != nil && w.server.Process != nil {
		_ = w.server.Process.Signal(syscall.SIGTERM) // fails only if it has just ended
		select {
		case failed = <-w.ended:
		case <-time.After(startTime):
			failed = errors.Join(w.server.Process.Kill(), errors.New("the platform did not stop"))
		}
	}
	if w.admin != nil {
		w.admin.Close()
	}
	if w.redis != nil {
		failed = errors.Join(failed, w.redis.Stop())
	}
	if w.postgres != nil {
		failed = errors.Join(failed, w.postgres.Stop())
	}
	return errors.Join(failed, os.RemoveAll(w.dir))
}
