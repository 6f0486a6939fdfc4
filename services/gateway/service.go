// Package gateway is the installation's public port: the REST API, and the way to the services that answer by HTTP.
package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"google.golang.org/grpc"

	"github.com/propusk-id/propusk/pkg/boot"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/edge"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
	"github.com/propusk-id/propusk/services/internal/cookies"
)

// Config is read from PROPUSK_GATEWAY_* variables.
type Config struct {
	// Listen is the public address.
	Listen string `env:"LISTEN" envDefault:":8080"`
	// Origins are sites whose front ends may call the REST API from a browser. To a sandbox everything on the developer's own
	// machine may.
	Origins []edge.Site `env:"ORIGINS"`
	// Proxies are the networks of load balancers whose X-Forwarded-For or Forwarded is believed.
	Proxies []netip.Prefix `env:"PROXIES"`
	// RequestsPerMinute bounds one address.
	RequestsPerMinute int `env:"REQUESTS_PER_MINUTE" envDefault:"600" range:"1..100000000" sandbox:"1000000"`
	// Connections and ConnectionsPerAddress bound those that are open at once. A proxy's count only among all.
	Connections           int `env:"CONNECTIONS" envDefault:"10000" range:"1..1000000"`
	ConnectionsPerAddress int `env:"CONNECTIONS_PER_ADDRESS" envDefault:"500" range:"1..1000000" sandbox:"10000"`
	// WriteTimeout is how long an answer waits for a caller who takes nothing of it.
	WriteTimeout time.Duration `env:"WRITE_TIMEOUT" envDefault:"15s" range:"100ms..10m"`
	// SelfCheckAfter is how long after the start PUBLIC_URL is asked whether it leads here.
	SelfCheckAfter time.Duration `env:"SELF_CHECK_AFTER" envDefault:"10s" range:"0..1h"`
}

// Service is gateway.
func Service() boot.Service {
	return boot.Service{
		Name: "gateway", Config: Config{}, Run: run,
		Owns:  "nothing; mints the internal token that says who the person is",
		Calls: rest.Services(),
		Redis: true,
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	redis, err := p.Redis()
	if err != nil {
		return err
	}
	accounts, err := boot.Client(p, "account", accountv1.NewAccountServiceClient)
	if err != nil {
		return err
	}
	sessions := &session.Resolver{Accounts: accounts, Minter: p.Minter()}
	dial := func(service string) (grpc.ClientConnInterface, error) { return p.Dial(service) }
	api, err := rest.New(ctx, dial, sessions)
	if err != nil {
		return err
	}
	jar := cookies.Of(p.Env.PublicURL)
	router, err := newRouter(p, jar, sessions)
	if err != nil {
		return err
	}
	front := &edge.Edge{
		Log: p.Log, Now: p.Now, Proxies: cfg.Proxies, Language: language, HTTPS: jar.HTTPS, Refuse: router.refuse,
		Unlimited: router.limitedElsewhere, Uploads: router.takesFiles, MaxBody: api.MaxBody,
		Hosts:   hosts(p.Env),
		Origins: edge.Origins{Sites: cfg.Origins, Sandbox: p.Env.Environment == boot.Sandbox},
		Limit:   edge.NewLimiter(redis_rate.NewLimiter(redis), cfg.RequestsPerMinute, p.Log),
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("the public port: %w: set PROPUSK_GATEWAY_LISTEN (and PUBLIC_URL) to a free one", err)
	}
	server := boot.NewHTTPServer(front.Wrap(router.mux(api)), cfg.WriteTimeout)
	server.ErrorLog = slog.NewLogLogger(p.Log.Handler(), slog.LevelWarn)
	listener = boot.Connections{InAll: cfg.Connections, PerAddress: cfg.ConnectionsPerAddress, Proxies: cfg.Proxies}.Bound(listener)
	p.Go(func(ctx context.Context) error {
		return boot.ServeListener(ctx, server, func() error { return server.Serve(listener) })
	})
	p.Go(func(ctx context.Context) error {
		checkPublicURL(ctx, p, cfg.SelfCheckAfter)
		return nil
	})
	return p.Serve(ctx)
}

// hosts are the names that a sandbox is asked under: it shows everybody's codes to who can ask it.
func hosts(c boot.Config) boot.Hosts {
	if c.Environment != boot.Sandbox {
		return nil
	}
	return c.Hosts()
}
