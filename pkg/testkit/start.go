package testkit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/embedded"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/pg"
)

// Options is what a test wants to run.
type Options struct {
	// Services run in one process; put a [Fake] in place of neighbours.
	Services []boot.Service
	// Vars are environment variables, such as PROPUSK_OTP_….
	Vars map[string]string
	// SystemClock lets time pass by itself.
	SystemClock bool
}

// Env is what a test has.
type Env struct {
	t testing.TB
	// Clock is the services' clock; with SystemClock it is not used.
	Clock *Clock
	// Redis is the services' Redis: a test may flush it.
	Redis *redis.Client
	// NATS is the services' event server.
	NATS *embedded.NATSServer

	databaseURL  string
	installation string
	redisURL     string
	options      Options
	secrets      string
	natsDir      string
	logs         *lockedBuffer
	as           func(service string) *boot.Platform
	stop         func()
	openPool     sync.Once
	pool         *pgxpool.Pool
}

const startTimeout = 2 * time.Minute

// Start runs services on stores of their own until the test ends.
func Start(t testing.TB, o Options) *Env {
	t.Helper()
	e := &Env{
		t: t, Clock: NewClock(), options: o, secrets: t.TempDir(), natsDir: t.TempDir(), logs: &lockedBuffer{},
	}
	e.databaseURL, e.installation = database(t, o.Services)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("services logged:\n%s", Digest(e.logs.String()))
		}
	})
	e.startRedis()
	e.startNATS()
	e.startServices()
	t.Cleanup(func() { e.stop() }) // what runs by then: a test may have restarted it
	return e
}

// Restart stops the services and starts them again on the same stores: what they only remembered is gone.
func (e *Env) Restart() {
	e.t.Helper()
	e.stop()
	e.startServices()
}

// Stop stops the services and waits for their end; the stores stay.
func (e *Env) Stop() { e.stop() }

// Logs is everything that the services logged so far.
func (e *Env) Logs() string { return e.logs.String() }

// Role is what a service is in the database.
func (e *Env) Role(service string) string { return pg.Role(e.installation, service) }

// Pool connects to the services' database as administrator.
func (e *Env) Pool() *pgxpool.Pool {
	e.t.Helper()
	e.openPool.Do(func() {
		pool, err := pgxpool.New(context.Background(), e.databaseURL)
		if err != nil {
			e.t.Fatal(err)
		}
		e.t.Cleanup(pool.Close)
		e.pool = pool
	})
	return e.pool
}

func (e *Env) startRedis() {
	e.t.Helper()
	r, err := embedded.RealRedis(context.Background(), "")
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = r.Stop() })
	e.redisURL = r.URL()
	opts, err := redis.ParseURL(r.URL())
	if err != nil {
		e.t.Fatal(err)
	}
	e.Redis = redis.NewClient(opts)
	e.t.Cleanup(func() { _ = e.Redis.Close() })
}

func (e *Env) startNATS() {
	e.t.Helper()
	n, err := embedded.NATS(context.Background(), embedded.NATSOptions{StoreDir: e.natsDir})
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(n.Shutdown)
	e.NATS = n
}

func (e *Env) startServices() {
	e.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	vars := env.Vars{
		"PROPUSK_ENV": "sandbox", "DATABASE_URL": e.databaseURL, "REDIS_URL": e.redisURL,
		"PROPUSK_SECRETS_DIR": e.secrets, "PROPUSK_POOL_SIZE": "6", "PROPUSK_INSTALLATION": e.installation,
	}
	maps.Copy(vars, e.options.Vars)
	c, err := boot.LoadInProcess(vars, e.options.Services)
	if err != nil {
		e.t.Fatal(err)
	}
	ready := make(chan struct{})
	process := &boot.InProcess{
		Services: e.options.Services, Vars: vars, Env: c, NATS: e.NATS.Connect,
		Log:          slog.New(slog.NewJSONHandler(e.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Ready:        func() { close(ready) },
		WithPlatform: func(as func(service string) *boot.Platform) error { e.as = as; return nil },
	}
	if !e.options.SystemClock {
		process.Now = e.Clock.Now
	}
	done := make(chan error, 1)
	go func() { done <- process.Run(ctx) }()
	e.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			e.t.Errorf("services ended: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-done:
		cancel()
		e.t.Fatalf("services did not start: %v", err)
	case <-time.After(startTimeout):
		cancel()
		e.t.Fatal("services did not become ready")
	}
}

// Dial connects to a service as another one.
func (e *Env) Dial(as, to string) *grpc.ClientConn {
	e.t.Helper()
	cc, err := e.as(as).Dial(to)
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = cc.Close() })
	return cc
}

// HTTP is the handler that a service offers to the gateway (boot.Platform.ServeHTTP), as another one calls it.
func (e *Env) HTTP(as, to string) http.Handler {
	e.t.Helper()
	h, err := e.as(as).HTTPTo(to, boot.Withheld{})
	if err != nil {
		e.t.Fatal(err)
	}
	return h
}

// lockedBuffer collects logs from many goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

var _ io.Writer = (*lockedBuffer)(nil)

// Write appends.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String is everything so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
