// Package sandbox is the outside world of a sandbox: the mobile operator, the mail server, the post, and a partner.
package sandbox

import (
	"context"
	"strings"

	"github.com/propusk-id/propusk/pkg/boot"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	sandboxeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/sandbox/internal/api"
	"github.com/propusk-id/propusk/services/sandbox/internal/app"
	"github.com/propusk-id/propusk/services/sandbox/internal/demo"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/jobs"
	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
	"github.com/propusk-id/propusk/services/sandbox/internal/store"
	"github.com/propusk-id/propusk/services/sandbox/internal/web"
	"github.com/propusk-id/propusk/services/sandbox/migrations"
)

// Service is sandbox.
func Service() boot.Service {
	return boot.Service{
		Name: "sandbox", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:  "what virtual phones and mailboxes got, the simulated post, the demo partner",
		Emits: sandboxeventsv1.File_propusk_sandbox_events_v1_events_proto,
		Calls: []string{"registry", "oidc"},
		HTTP: []boot.Route{
			{Pattern: "/sandbox/", Refusals: boot.AsProblems},
			{Pattern: "/phone", Refusals: boot.AsPages},
			{Pattern: "/phone/", Refusals: boot.AsPages},
			{Pattern: "/post/", Refusals: boot.AsPages},
			{Pattern: "/demo", Refusals: boot.AsPages},
			{Pattern: "/demo/", Refusals: boot.AsPages},
		},
		SandboxOnly: "it shows every message to everybody",
		Simulation:  true,
	}
}

// DemoURL is where the demo partner of the installation at publicURL is.
func DemoURL(publicURL string) string { return demo.Site(publicURL) + "/demo" }

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := newApp(ctx, p, cfg)
	if err != nil {
		return err
	}
	p.Go(a.Changes.Run)
	if a.Store.Jobs, err = p.Jobs(a.Store.Pool(), jobs.Workers(a), cfg.backoff()); err != nil {
		return err
	}
	if err := serveHTTP(p, a); err != nil {
		return err
	}
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	sandboxv1.RegisterSandboxServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform, cfg Config) (*app.App, error) {
	keys, err := p.Keys()
	if err != nil {
		return nil, err
	}
	pool, err := p.Postgres(ctx)
	if err != nil {
		return nil, err
	}
	outbox, err := p.Outbox(pool)
	if err != nil {
		return nil, err
	}
	registry, err := boot.Client(p, "registry", registryv1.NewRegistryServiceClient)
	if err != nil {
		return nil, err
	}
	oidc, err := boot.Client(p, "oidc", oidcv1.NewOIDCServiceClient)
	if err != nil {
		return nil, err
	}
	return &app.App{
		Store: store.New(pool, outbox, keys), Keys: keys, Registry: registry, OIDC: oidc,
		Patterns: domain.NewPatterns(), Changes: app.NewBroadcaster(),
		LetterTime: cfg.LetterTime, DeliverWait: cfg.DeliverWait, DelayTime: cfg.DelayTime, Now: p.Now,
	}, nil
}

func serveHTTP(p *boot.Platform, a *app.App) error {
	texts, err := pages.Load()
	if err != nil {
		return err
	}
	partner, err := demo.New(p.Env.PublicURL, p.Env.InternalURL)
	if err != nil {
		return err
	}
	partner.App, partner.Pages, partner.Log, partner.Now = a, texts, p.Log, p.Now
	p.Go(partner.Register)
	p.ServeHTTP((&web.Web{
		App: a, Pages: texts, Demo: partner.Handler(), Cookies: cookies.Of(p.Env.PublicURL),
		Issuer: p.Env.PublicURL, Secure: strings.HasPrefix(p.Env.PublicURL, "https://"),
	}).Handler())
	return nil
}
