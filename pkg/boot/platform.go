package boot

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/retention"
	"github.com/propusk-id/propusk/pkg/rpc"
)

// Platform is what a service runs on.
type Platform struct {
	// Service is the service's name.
	Service string
	Env     Config
	Log     *slog.Logger
	// Now is the clock. Every decision about time asks it.
	Now func() time.Time
	// Metrics is the process's registry, with this service's name on everything.
	Metrics prometheus.Registerer

	declared    Service
	vars        env.Vars
	network     network
	connect     func(opts ...nats.Option) (*nats.Conn, error)
	setRole     bool
	manualClock bool
	verifier    *rpc.Verifier
	minter      *rpc.Minter
	health      *health
	// standIn is one of a test's, which is whatever service it likes.
	standIn bool

	mu    sync.Mutex
	used  used
	pool  *pgxpool.Pool
	nc    *nats.Conn
	tasks []func(ctx context.Context) error
	// publish publishes the service's events until its context ends; nil: it emits none.
	publish func(ctx context.Context)
	stops   []func()
}

// network is how services reach each other.
type network interface {
	listener(service string) (listening, error)
	dialler(from, to string) (dialling, error)
	serveHTTP(ctx context.Context, service string, h http.Handler) error
	// httpTo makes the transport reach another service, and gives where that is.
	httpTo(from, to string, transport *http.Transport) (*url.URL, http.RoundTripper, error)
}

// Config fills the service's own configuration from its PROPUSK_<SERVICE>_* variables.
func (p *Platform) Config(into any) error { return p.vars.Fill(p.declared.prefix(), into) }

// Postgres is the service's pool: its role, its schema.
func (p *Platform) Postgres(ctx context.Context) (*pgxpool.Pool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool != nil {
		return p.pool, nil
	}
	if err := p.use("Postgres", p.declared.Migrations != nil, "Migrations"); err != nil {
		return nil, err
	}
	if err := requireURL("DATABASE_URL", p.Env.DatabaseURL); err != nil {
		return nil, err
	}
	password, err := p.databasePassword()
	if err != nil {
		return nil, err
	}
	pool, err := pg.Open(ctx, pg.Options{
		URL: p.Env.DatabaseURL.Reveal(), Password: password,
		Installation: p.Env.Installation, Service: p.Service, SetRole: p.setRole,
		Pooled: p.Env.DatabasePooler == TransactionPooler, MaxConns: p.Env.PoolSize, Check: p.keysFit(),
	})
	if err != nil {
		return nil, err
	}
	p.pool = pool
	p.Go(func(ctx context.Context) error { return awaitKeysFit(ctx, pool) })
	p.stops = append(p.stops, pool.Close)
	p.health.add(p.Service+"/postgres", pool.Ping)
	p.Go(func(ctx context.Context) error {
		p.sweep(ctx, pool)
		return nil
	})
	return pool, nil
}

// sweep deletes what is older than its table's comment says.
func (p *Platform) sweep(ctx context.Context, pool *pgxpool.Pool) {
	events.Every(ctx, p.Now, retention.Every, func(ctx context.Context) {
		if err := retention.Sweep(ctx, pool, p.Now()); err != nil && ctx.Err() == nil {
			p.Log.Warn("old rows could not be swept", "error", err)
		}
	})
}

// Redis holds only what may be lost at the price of asking again.
func (p *Platform) Redis() (*redis.Client, error) {
	if err := p.use("Redis", p.declared.Redis, "Redis: true"); err != nil {
		return nil, err
	}
	p.used.redis = true
	if err := requireURL("REDIS_URL", p.Env.RedisURL); err != nil {
		return nil, err
	}
	opts, err := redis.ParseURL(p.Env.RedisURL.Reveal())
	if err != nil {
		return nil, err
	}
	if opts.Password == "" {
		if opts.Password, err = keyring.RedisPassword(p.Env.SecretsDir); err != nil {
			return nil, err
		}
	}
	opts.ClientName = "propusk-" + p.Service
	client := redis.NewClient(opts)
	p.stops = append(p.stops, func() { _ = client.Close() })
	p.watchRedis(client)
	return client, nil
}

// watchRedis has the process wait for Redis once, and say later when it is away. That is no reason to send requests
// elsewhere: all replicas have the same one, and most requests need none.
func (p *Platform) watchRedis(client *redis.Client) {
	var reached atomic.Bool
	p.health.add(p.Service+"/redis", func(ctx context.Context) error {
		if reached.Load() {
			return nil
		}
		err := client.Ping(ctx).Err()
		reached.Store(err == nil)
		return err
	})
	p.health.warn(func() []string {
		ctx, cancel := context.WithTimeout(context.Background(), warningTimeout)
		defer cancel()
		if !reached.Load() || client.Ping(ctx).Err() == nil {
			return nil
		}
		return []string{p.Service + " has no connection to Redis: what needs it is refused"}
	})
}

// JetStream is the connection to NATS; it reconnects for ever.
func (p *Platform) JetStream() (jetstream.JetStream, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nc == nil {
		nc, err := p.connect(natsOptions(p.Service, p.Log)...)
		if err != nil {
			return nil, err
		}
		p.nc = nc
		p.stops = append(p.stops, nc.Close)
		p.health.warn(natsWarning(p.Service, nc))
	}
	return jetstream.New(p.nc)
}

// Outbox is where the service emits its events; they are published as long as it serves.
func (p *Platform) Outbox(pool *pgxpool.Pool) (*events.Outbox, error) {
	if err := p.use("an outbox", p.declared.Emits != nil, "Emits"); err != nil {
		return nil, err
	}
	p.used.outbox = true
	outbox := events.NewOutbox(p.Service, p.Now)
	publisher, err := events.NewPublisher(events.PublisherOptions{
		Outbox: outbox, Pool: pool, Log: p.Log, Metrics: p.Metrics,
		Connect: func() (*nats.Conn, error) { return p.connect(natsOptions(p.Service, p.Log)...) },
	})
	if err != nil {
		return nil, err
	}
	p.health.warn(publisher.Warnings)
	p.publish = publisher.Run
	return outbox, nil
}

// Consumer receives events as long as the service serves; register handlers before Serve.
func (p *Platform) Consumer(pool *pgxpool.Pool) (*events.Consumer, error) {
	js, err := p.JetStream()
	if err != nil {
		return nil, err
	}
	c := events.NewConsumer(events.ConsumerOptions{Service: p.Service, Pool: pool, JS: js, Log: p.Log, Now: p.Now})
	if err := c.Measure(p.Metrics); err != nil {
		return nil, err
	}
	p.used.consumer = c
	p.Go(c.Run)
	return c, nil
}

// Minter makes the internal tokens of people; only the gateway's platform can.
func (p *Platform) Minter() *rpc.Minter { return p.minter }

// Go has a task run from Serve until its end. A task that fails stops the service.
func (p *Platform) Go(task func(ctx context.Context) error) { p.tasks = append(p.tasks, task) }

func (p *Platform) close() {
	for i := len(p.stops) - 1; i >= 0; i-- {
		p.stops[i]()
	}
}

// runTasks runs what Go collected.
func (p *Platform) runTasks(ctx context.Context, g *errgroup.Group) {
	for _, task := range p.tasks {
		g.Go(func() error { return task(ctx) })
	}
}
