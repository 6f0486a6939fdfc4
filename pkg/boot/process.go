package boot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/rpc"
)

// Main is the main function of a service's binary: it serves, or answers `healthcheck`.
func Main(s Service) {
	Exit(func(ctx context.Context, args []string) error {
		if len(args) > 0 && args[0] == "healthcheck" {
			return healthcheck(ctx, s)
		}
		if len(args) > 0 {
			return fmt.Errorf("unknown command %q: there is only healthcheck", args[0])
		}
		return Run(ctx, s)
	})
}

// Exit runs a main function until it ends or the process is told to stop, and sets the exit code. A second signal
// ends the process at once.
func Exit(run func(ctx context.Context, args []string) error) {
	setGCPercent()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:revive // main's own last line, written once for all of them
	}
}

// gcPercent is how much the heap grows, in percent of what is live, before garbage is collected. A password's hash
// takes 19 MiB, as much as all that a service keeps: at Go's own 100 % nearly every sign-in would pay for a
// collection. What is live is some ten MiB, so the price is small.
const gcPercent = 400

// setGCPercent has garbage collected more rarely than Go's default, unless GOGC says how often.
func setGCPercent() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// Run serves one service in this process until the context ends.
func Run(ctx context.Context, s Service) error {
	vars, err := env.Environ()
	if err != nil {
		return err
	}
	c, err := loadConfig(vars, []Service{s})
	if err != nil {
		return err
	}
	h, metrics := newHealth(s.Name), prometheus.NewRegistry()
	metrics.MustRegister(processCollectors()...)
	p, err := newPlatform(s, vars, c, h, metrics)
	if err != nil {
		return err
	}
	stopTracing, err := StartTracing(ctx, s.Name)
	if err != nil {
		return err
	}
	g, running := errgroup.WithContext(delayShutdown(ctx, c.ShutdownDelay, h))
	g.Go(func() error { return runService(running, s, p) })
	g.Go(func() error {
		return serveManagement(running, c.ManagementListen, c.Hosts(s.Name), management(h, metrics, c.Profiling))
	})
	return errors.Join(g.Wait(), stopTracing(context.WithoutCancel(ctx)))
}

// processCollectors measure the process itself.
func processCollectors() []prometheus.Collector {
	return []prometheus.Collector{
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}
}

func newPlatform(s Service, vars env.Vars, c Config, h *health, metrics *prometheus.Registry) (*Platform, error) {
	log := newLogger(os.Stdout, c.LogLevel).With("service", s.Name)
	network, err := newTCP(c, log)
	if err != nil {
		return nil, err
	}
	pub, err := keyring.UserTokenPub(c.SecretsDir)
	if err != nil {
		return nil, err
	}
	p := &Platform{
		Service: s.Name, Env: c, Log: log, Now: systemClock,
		Metrics: withService(metrics, s.Name), declared: s, vars: vars, network: network, health: h,
		verifier: rpc.NewVerifier(pub, systemClock),
		connect: func(opts ...nats.Option) (*nats.Conn, error) {
			return natsConnect(c, append(opts, natsTLS(c, network)...)...)
		},
	}
	if s.Name != keyring.Minter {
		return p, nil
	}
	key, err := keyring.UserTokenKey(c.SecretsDir)
	if err != nil {
		return nil, err
	}
	p.minter = rpc.NewMinter(key, systemClock)
	return p, nil
}

// systemClock tells the time as finely as Postgres keeps it, so that what is answered first is what is read later.
func systemClock() time.Time { return time.Now().Truncate(time.Microsecond) }

// databasePassword is the login of the service's role; in one process the administrator's is used.
func (p *Platform) databasePassword() (string, error) {
	if p.setRole || !p.Env.DatabasePassword.IsZero() {
		return p.Env.DatabasePassword.Reveal(), nil
	}
	return keyring.DatabasePassword(p.Env.SecretsDir)
}

// healthcheck asks the running process whether it is ready: images have no shell and no curl.
func healthcheck(ctx context.Context, s Service) error {
	vars, err := env.Environ()
	if err != nil {
		return err
	}
	c, err := loadConfig(vars, []Service{s})
	if err != nil {
		return err
	}
	return CheckHealth(ctx, c.ManagementListen)
}

// CheckHealth asks a process's management port whether it is ready.
func CheckHealth(ctx context.Context, listen string) error {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout+time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New("not ready: " + resp.Status)
	}
	return nil
}
