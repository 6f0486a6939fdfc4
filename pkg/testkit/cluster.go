package testkit

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
)

// The stores of a cluster, by the names that Kill and Start take.
const (
	Postgres = "postgres"
	Redis    = "redis"
	NATS     = "nats"
)

// Stores are all stores of a cluster.
func Stores() []string { return []string{Postgres, Redis, NATS} }

// ClusterOptions is what to run.
type ClusterOptions struct {
	Services []boot.Service
	// Vars are environment variables for every service that knows them.
	Vars map[string]string
}

// Cluster is an installation as it is in production: every service a process of its own, connected by mutual
// TLS, with a durable Postgres, a Redis and a nats-server that can be killed like any of them.
type Cluster struct {
	t        testing.TB
	dir      string
	options  ClusterOptions
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
	clusterStart = 90 * time.Second
	natsModule   = "github.com/nats-io/nats-server/v2"
)

// StartCluster builds the services' binaries, starts everything and waits until all are ready.
func StartCluster(t testing.TB, o ClusterOptions) *Cluster {
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
	nc, err := nats.Connect(c.natsURL(), nats.Secure(NATSTLS(c.t, c.secrets(), service)))
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
	ctx, cancel := context.WithTimeout(context.Background(), clusterStart)
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
	deadline := time.Now().Add(clusterStart)
	for {
		err := boot.CheckHealth(context.Background(), c.address(service, 2))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s is not ready: %v\n%s", service, err, c.Log(service))
		}
		time.Sleep(eventuallyPoll)
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

func (c *Cluster) build() {
	c.t.Helper()
	root := workspace(c.t)
	out := filepath.Join(c.dir, "bin")
	c.binaries = map[string]string{NATS: filepath.Join(out, "nats-server")}
	targets := make([]string, 0, len(c.options.Services))
	for _, s := range c.options.Services {
		targets = append(targets, "./services/"+s.Name+"/cmd/"+s.Name)
		c.binaries[s.Name] = filepath.Join(out, s.Name)
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		c.t.Fatal(err)
	}
	c.goBuild(root, append([]string{"-o", out + "/"}, targets...))
	c.goBuild(filepath.Join(root, "pkg", "embedded"), []string{"-o", c.binaries[NATS], natsModule})
}

func (c *Cluster) goBuild(dir string, args []string) {
	c.t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-buildvcs=false"}, args...)...)
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("go build: %v\n%s", err, output)
	}
}

func workspace(t testing.TB) string {
	t.Helper()
	output, err := exec.Command("go", "env", "GOWORK").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(output)))
}

// allocate finds three free ports in a row per service (gRPC, HTTP for the gateway, management), one for the
// public and one for NATS. They are free now and nobody else is expected to take them.
func (c *Cluster) allocate() {
	next := 21000 + os.Getpid()%20000
	take := func(n int) int {
		for ; ; next += n {
			if free(next, n) {
				first := next
				next += n
				return first
			}
		}
	}
	for _, s := range c.options.Services {
		c.ports[s.Name] = take(3)
	}
	c.public, c.natsPort = take(1), take(1)
}

func free(first, n int) bool {
	for p := first; p < first+n; p++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}

func (c *Cluster) address(service string, offset int) string {
	return fmt.Sprintf("127.0.0.1:%d", c.ports[service]+offset)
}

func (c *Cluster) startStores() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), clusterStart)
	defer cancel()
	var err error
	if c.postgres, err = embedded.Postgres(ctx, embedded.PostgresOptions{Purpose: "propusk cluster", MaxConnections: 150}); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = c.postgres.Stop() })
	if c.redis, err = embedded.RealRedis(ctx, ""); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = c.redis.Stop() })
	config := NATSConfig(c.t, c.secrets(), c.NATSStore(), c.natsAddress())
	if err := os.WriteFile(c.natsConfig(), []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := c.launchNATS(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *Cluster) natsConfig() string { return filepath.Join(c.dir, "nats.conf") }

func (c *Cluster) launchNATS() error {
	return c.run(NATS, exec.Command(c.binaries[NATS], "-c", c.natsConfig()))
}

func (c *Cluster) secrets() string { return filepath.Join(c.dir, "secrets") }

func (c *Cluster) makeSecrets() {
	c.t.Helper()
	var names []string
	for _, s := range c.options.Services {
		names = append(names, s.Name)
	}
	if err := keyring.Prepare(c.secrets(), names, true, secret.String{}); err != nil {
		c.t.Fatal(err)
	}
}

// NATSStore is where NATS keeps its streams.
func (c *Cluster) NATSStore() string { return filepath.Join(c.dir, "jetstream") }

// Migrate sets up roles, schemas, tables and streams, as the job migrate does.
func (c *Cluster) Migrate() {
	c.t.Helper()
	config, err := boot.LoadInProcess(env.Vars{
		"PROPUSK_ENV": "sandbox", "DATABASE_URL": c.postgres.URL(), "NATS_URL": c.natsURL(),
	}, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	Eventually(c.t, "NATS listens", func() bool { return !free(c.natsPort, 1) })
	if err := boot.SetUp(context.Background(), config, c.options.Services, c.secrets()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *Cluster) launch(service string) error {
	cmd := exec.Command(c.binaries[service])
	cmd.Env = c.environment(service)
	return c.run(service, cmd)
}

// environment gives a service its addresses, its secrets and those of the test's variables that are its own.
func (c *Cluster) environment(service string) []string {
	var peers []string
	for name := range c.ports {
		peers = append(peers, name+"="+c.address(name, 0))
	}
	slices.Sort(peers)
	vars := map[string]string{
		"PROPUSK_ENV": "sandbox", "PUBLIC_URL": c.URL(), "DATABASE_URL": c.postgres.URL(), "REDIS_URL": c.redis.URL(),
		"NATS_URL": c.natsURL(), "PROPUSK_SECRETS_DIR": filepath.Join(c.secrets(), service),
		"PROPUSK_LISTEN": c.address(service, 0), "PROPUSK_MANAGEMENT_LISTEN": c.address(service, 2),
		"PROPUSK_PEERS": strings.Join(peers, ","), "PROPUSK_POOL_SIZE": "8",
	}
	if service == "gateway" {
		vars["PROPUSK_GATEWAY_LISTEN"] = fmt.Sprintf("127.0.0.1:%d", c.public)
	}
	own := "PROPUSK_" + strings.ToUpper(service) + "_"
	for k, v := range c.options.Vars {
		if strings.HasPrefix(k, own) {
			vars[k] = v
		}
	}
	out := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for _, k := range slices.Sorted(maps.Keys(vars)) {
		out = append(out, k+"="+vars[k])
	}
	return out
}

// run starts a process whose output is kept.
func (c *Cluster) run(name string, cmd *exec.Cmd) error {
	log, err := os.OpenFile(filepath.Join(c.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processes[name] = cmd
	return nil
}

func (c *Cluster) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.processes {
		_ = p.Process.Kill()
		_ = p.Wait()
	}
	if !c.t.Failed() {
		return
	}
	for _, s := range c.options.Services {
		c.t.Logf("%s logged:\n%s", s.Name, digest(c.Log(s.Name)))
	}
}

// AwaitHTTP waits until the installation answers at all.
func (c *Cluster) AwaitHTTP() {
	Eventually(c.t, "an answer of the gateway", func() bool {
		resp, err := http.Get(c.URL() + "/openapi.json")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
