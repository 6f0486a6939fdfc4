package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/embedded"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
)

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
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
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
	config := testkit.NATSConfig(c.t, c.secrets(), c.NATSStore(), c.natsAddress())
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
	testkit.Eventually(c.t, "NATS listens", func() bool { return !free(c.natsPort, 1) })
	if err := boot.SetUp(context.Background(), config, c.options.Services, c.secrets()); err != nil {
		c.t.Fatal(err)
	}
}
