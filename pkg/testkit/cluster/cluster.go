package cluster

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/embedded"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/testkit"
)

// The stores of a cluster, by the names that Kill and Start take.
const (
	Postgres = "postgres"
	Redis    = "redis"
	NATS     = "nats"
)

// Stores are all stores of a cluster.
func Stores() []string { return []string{Postgres, Redis, NATS} }

// Options is what to run.
type Options struct {
	Services []boot.Service
	// Vars are environment variables for every service that knows them.
	Vars map[string]string
}

// Cluster is an installation as it is in production: every service a process of its own, connected by mutual
// TLS, with a durable Postgres, a Redis and a nats-server that can be killed like any of them.
type Cluster struct {
	t        testing.TB
	dir      string
	options  Options
	postgres *embedded.PostgresServer
	redis    *embedded.RedisProcess
	natsPort int
	public   int
	ports    map[string]int
	binaries map[string]string

	mu        sync.Mutex
	processes map[string]*exec.Cmd
}

const (
	startTime = 90 * time.Second
	readyPoll = 10 * time.Millisecond
)

// Start builds the services' binaries, starts everything and waits until all are ready.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	c := &Cluster{t: t, dir: t.TempDir(), options: o, processes: map[string]*exec.Cmd{}, ports: map[string]int{}}
	c.build()
	c.allocate()
	c.makeSecrets()
	c.startStores()
	c.Migrate()
	t.Cleanup(c.stop)
	for _, s := range o.Services {
		if err := c.launch(s.Name); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range o.Services {
		c.AwaitReady(s.Name)
	}
	return c
}

// URL is the installation's origin.
func (c *Cluster) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", c.public) }

// NATS connects to the event server as a service.
func (c *Cluster) NATS(service string) *nats.Conn {
	c.t.Helper()
	nc, err := nats.Connect(c.natsURL(), nats.Secure(testkit.NATSTLS(c.t, c.secrets(), service)),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1)) // it may have been started a moment ago
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(nc.Close)
	return nc
}

// Dial connects to a service as another one.
func (c *Cluster) Dial(as, to string) *grpc.ClientConn {
	c.t.Helper()
	cert, ca, err := keyring.Certificate(filepath.Join(c.secrets(), as))
	if err != nil {
		c.t.Fatal(err)
	}
	cc, err := rpc.NewClient(c.address(to, 0), credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{cert}, RootCAs: ca, ServerName: to, MinVersion: tls.VersionTLS13,
	}))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = cc.Close() })
	return cc
}

func (c *Cluster) natsURL() string { return "tls://" + c.natsAddress() }

func (c *Cluster) natsAddress() string { return fmt.Sprintf("127.0.0.1:%d", c.natsPort) }

// Pool connects to the database as administrator.
func (c *Cluster) Pool() *pgxpool.Pool {
	c.t.Helper()
	pool, err := pgxpool.New(context.Background(), c.postgres.URL())
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(pool.Close)
	return pool
}

// Kill ends a service or a store as a power cut would (SIGKILL).
func (c *Cluster) Kill(name string) {
	c.t.Helper()
	switch name {
	case Postgres:
		c.postgres.Kill()
	case Redis:
		c.redis.Kill()
	default:
		c.mu.Lock()
		p := c.processes[name]
		c.mu.Unlock()
		if err := p.Process.Kill(); err != nil {
			c.t.Fatalf("kill %s: %v", name, err)
		}
		_ = p.Wait()
	}
}

// Start starts what was killed; services come back when they can, in their own time.
func (c *Cluster) Start(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	switch name {
	case Postgres:
		return c.postgres.Start(ctx)
	case Redis:
		return c.redis.Start(ctx)
	case NATS:
		return c.launchNATS()
	default:
		return c.launch(name)
	}
}

// AwaitReady waits until a service says that it can work.
func (c *Cluster) AwaitReady(service string) {
	c.t.Helper()
	deadline := time.Now().Add(startTime)
	for {
		err := boot.CheckHealth(context.Background(), c.address(service, 2))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s is not ready: %v\n%s", service, err, c.Log(service))
		}
		time.Sleep(readyPoll)
	}
}

// Log is what a service has logged.
func (c *Cluster) Log(service string) string {
	content, err := os.ReadFile(filepath.Join(c.dir, service+".log"))
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// AwaitHTTP waits until the installation answers at all.
func (c *Cluster) AwaitHTTP() {
	testkit.Eventually(c.t, "an answer of the gateway", func() bool {
		resp, err := http.Get(c.URL() + "/openapi.json")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
