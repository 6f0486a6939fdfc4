package boot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/rpc"
)

// InProcess is how several services run in one process.
type InProcess struct {
	Services []Service
	// Vars are the environment variables.
	Vars env.Vars
	// Env is the shared configuration; DatabaseURL is an administrator's, and SecretsDir has a directory per
	// service.
	Env Config
	Log *slog.Logger
	// Now is the clock; nil: the system's.
	Now func() time.Time
	// NATS connects to the event server; nil: to Env.NATSURL.
	NATS func(opts ...nats.Option) (*nats.Conn, error)
	// Ready is called once every service serves.
	Ready func()
	// Manage serves the management port.
	Manage bool
	// WithPlatform gets a way to be one of the services that are not run here: tests stand in for the outside.
	WithPlatform func(as func(service string) *Platform) error
}

// LoadInProcess reads and checks the configuration of services that run in one process; more are the sections of
// variables that this process itself reads.
func LoadInProcess(vars env.Vars, services []Service, more ...env.Section) (Config, error) {
	return loadConfig(vars, services, more...)
}

// Run sets up the stores and serves until the context ends or a service fails.
func (t *InProcess) Run(ctx context.Context) error {
	names := make([]string, len(t.Services))
	for i, s := range t.Services {
		names[i] = s.Name
	}
	if err := t.prepare(ctx, names); err != nil {
		return err
	}
	h, metrics := newHealth(names...), prometheus.NewRegistry()
	platforms, err := t.platforms(h, metrics)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(delayShutdown(ctx, t.Env.ShutdownDelay, h))
	t.runServices(ctx, g, platforms)
	if t.Manage {
		metrics.MustRegister(processCollectors()...)
		g.Go(func() error {
			return serveManagement(ctx, t.Env.ManagementListen, t.Env.Hosts(names...), management(h, metrics, t.Env.Profiling))
		})
	}
	if t.Ready != nil {
		g.Go(func() error { return t.awaitReady(ctx, h) })
	}
	return g.Wait()
}

// runServices runs the services. The gateway is the way in, so it stops first: what it has let in, the others finish.
func (t *InProcess) runServices(ctx context.Context, g *errgroup.Group, platforms []*Platform) {
	internal, stop := context.WithCancel(context.WithoutCancel(ctx))
	var gateways sync.WaitGroup
	for i, s := range t.Services {
		if s.Name != keyring.Minter {
			g.Go(func() error { return runService(internal, s, platforms[i]) })
			continue
		}
		gateways.Add(1)
		g.Go(func() error {
			defer gateways.Done()
			return runService(ctx, s, platforms[i])
		})
	}
	context.AfterFunc(ctx, func() {
		gateways.Wait()
		stop()
	})
}

func runService(ctx context.Context, s Service, p *Platform) error {
	defer p.close()
	err := errors.Join(s.check(), s.checkEnvironment(p.Env.Environment))
	if err == nil {
		err = s.Run(ctx, p)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return nil
}

func (t *InProcess) prepare(ctx context.Context, names []string) error {
	if err := requireURL("DATABASE_URL", t.Env.DatabaseURL); err != nil {
		return err
	}
	if t.pooled() && t.Env.DatabaseAdminURL.IsZero() {
		return errors.New("DATABASE_ADMIN_URL is not set: migrations cannot go through the pooler of DATABASE_URL")
	}
	// Before a key set that is lost is made anew.
	if err := checkKeys(ctx, t.Env, t.Services, t.Env.SecretsDir); err != nil {
		return err
	}
	if err := keyring.Prepare(t.Env.SecretsDir, withMinter(names), false, t.Env.KEK); err != nil {
		return err
	}
	// One process works in roles that need no login: it connects as administrator. Behind a pooler it logs in.
	password := func(string) (string, error) { return "", nil }
	if t.pooled() {
		password = rolePasswords(t.Env.SecretsDir)
	}
	return setUp(ctx, t.Env, t.Services, password, t.natsConnect())
}

func (t *InProcess) pooled() bool { return t.Env.DatabasePooler != NoPooler }

func withMinter(names []string) []string {
	for _, n := range names {
		if n == keyring.Minter {
			return names
		}
	}
	return append([]string{keyring.Minter}, names...)
}

func (t *InProcess) platforms(h *health, metrics *prometheus.Registry) ([]*Platform, error) {
	network := newPipes()
	key, err := keyring.UserTokenKey(filepath.Join(t.Env.SecretsDir, keyring.Minter))
	if err != nil {
		return nil, err
	}
	now := t.Now
	if now == nil {
		now = systemClock
	}
	pub, err := keyring.UserTokenPub(filepath.Join(t.Env.SecretsDir, keyring.Minter))
	if err != nil {
		return nil, err
	}
	verifier := rpc.NewVerifier(pub, now)
	platform := func(s Service) *Platform {
		c := t.Env
		c.SecretsDir = filepath.Join(t.Env.SecretsDir, s.Name)
		p := &Platform{
			Service: s.Name, Env: c, Log: t.Log.With("service", s.Name), Now: now, Metrics: withService(metrics, s.Name),
			declared: s, vars: t.Vars, network: network, connect: t.natsConnect(), setRole: !t.pooled(),
			manualClock: t.Now != nil, verifier: verifier, health: h,
		}
		if s.Name == keyring.Minter {
			p.minter = rpc.NewMinter(key, now)
		}
		return p
	}
	var out []*Platform
	for _, s := range t.Services {
		out = append(out, platform(s))
	}
	if t.WithPlatform == nil {
		return out, nil
	}
	return out, t.WithPlatform(func(as string) *Platform {
		p := platform(Service{Name: as})
		p.standIn = true
		return p
	})
}

func (t *InProcess) natsConnect() func(opts ...nats.Option) (*nats.Conn, error) {
	if t.NATS != nil {
		return t.NATS
	}
	return func(opts ...nats.Option) (*nats.Conn, error) { return natsConnect(t.Env, opts...) }
}

const readyPoll = 20 * time.Millisecond

func (t *InProcess) awaitReady(ctx context.Context, h *health) error {
	for h.problem(ctx) != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(readyPoll):
		}
	}
	t.Ready()
	return nil
}
