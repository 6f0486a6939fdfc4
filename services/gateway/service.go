// Package gateway is the installation's public face: the REST API, the hosted pages, and the way to oidc and sandbox.
package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-redis/redis_rate/v10"

	"github.com/propusk-id/propusk/pkg/boot"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/edge"
	"github.com/propusk-id/propusk/services/gateway/internal/pages"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
)

// Config is read from PROPUSK_GATEWAY_* variables.
type Config struct {
	// Listen is the public address.
	Listen string `env:"LISTEN" envDefault:":8080"`
	// Origins are sites whose front ends may call the REST API from a browser.
	Origins []string `env:"ORIGINS"`
	// Proxies are the networks of load balancers whose X-Forwarded-For is believed.
	Proxies []netip.Prefix `env:"PROXIES"`
	// RequestsPerMinute bounds one address.
	RequestsPerMinute int `env:"REQUESTS_PER_MINUTE" envDefault:"600" range:"1..100000000" sandbox:"1000000"`
	// SelfCheckAfter is how long after the start PUBLIC_URL is asked whether it leads here.
	SelfCheckAfter time.Duration `env:"SELF_CHECK_AFTER" envDefault:"10s" range:"0..1h"`
}

// Service is gateway.
func Service() boot.Service {
	return boot.Service{
		Name: "gateway", Config: Config{}, Run: run,
		Owns:  "nothing; mints the internal token that says who the person is",
		Calls: append(rest.Services(), "oidc"),
		Redis: true,
	}
}

const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
)

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	redis, err := p.Redis()
	if err != nil {
		return err
	}
	neighbours, err := dial(p)
	if err != nil {
		return err
	}
	sessions := &session.Resolver{Accounts: accountv1.NewAccountServiceClient(neighbours["account"]), Minter: p.Minter()}
	api, err := rest.New(ctx, neighbours, sessions, cfg.Origins)
	if err != nil {
		return err
	}
	hosted := newPages(p, neighbours, sessions)
	mux, err := routes(p, api, hosted)
	if err != nil {
		return err
	}
	front := &edge.Edge{
		Log: p.Log, Now: p.Now, Proxies: cfg.Proxies, Language: language, HTTPS: hosted.HTTPS,
		Refuse: func(w http.ResponseWriter, r *http.Request, err error) { refuse(hosted, w, r, err) },
		Limit: &edge.Limiter{
			Redis: redis_rate.NewLimiter(redis), PerMinute: cfg.RequestsPerMinute, Log: p.Log,
		},
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("the public port: %w: set PROPUSK_GATEWAY_LISTEN (and PUBLIC_URL) to a free one", err)
	}
	p.Go(func(ctx context.Context) error { return serve(ctx, listener, front.Wrap(mux), p.Log) })
	p.Go(func(ctx context.Context) error {
		checkPublicURL(ctx, p, cfg.SelfCheckAfter)
		return nil
	})
	return p.Serve(ctx)
}

func serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return boot.ServeListener(ctx, server, func() error { return server.Serve(l) })
}

// refuse answers in the caller's form: a problem document, or a page.
func refuse(hosted *pages.Pages, w http.ResponseWriter, r *http.Request, err error) {
	if strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, "/sandbox/v1/") {
		rest.WriteProblem(w, r, err)
		return
	}
	hosted.Fail(w, r, err)
}
