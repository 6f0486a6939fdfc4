// Package oidc is the authorization server for partners: OpenID Connect over one core.
package oidc

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/api"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/consume"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/jose"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
	"github.com/propusk-id/propusk/services/oidc/internal/web"
	"github.com/propusk-id/propusk/services/oidc/migrations"
)

// Config is read from PROPUSK_OIDC_* variables.
type Config struct {
	InteractionLife time.Duration `env:"INTERACTION_LIFE" envDefault:"10m"`
	CodeLife        time.Duration `env:"CODE_LIFE" envDefault:"60s"`
	AccessTokenLife time.Duration `env:"ACCESS_TOKEN_LIFE" envDefault:"5m"`
	IDTokenLife     time.Duration `env:"ID_TOKEN_LIFE" envDefault:"5m"`
	RefreshLife     time.Duration `env:"REFRESH_LIFE" envDefault:"720h"`
	RefreshGrace    time.Duration `env:"REFRESH_GRACE" envDefault:"10s"`
	// KeyLife is how long a key signs; 0: a week in a sandbox, half a year elsewhere.
	KeyLife    time.Duration `env:"KEY_LIFE" envDefault:"0"`
	KeyPublish time.Duration `env:"KEY_PUBLISH" envDefault:"24h"`
	// Maintain is how often keys are looked after and what is long over is forgotten.
	Maintain time.Duration `env:"MAINTAIN" envDefault:"1m"`
}

// Service is oidc.
func Service() boot.Service {
	return boot.Service{Name: "oidc", Migrations: migrations.FS, Config: Config{}, Run: run}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := application(ctx, p, cfg)
	if err != nil {
		return err
	}
	if err := prepare(ctx, p, a); err != nil {
		return err
	}
	p.Go(func(ctx context.Context) error { return maintain(ctx, p, a, cfg.Maintain) })
	handler, err := web.New(web.Options{App: a, Log: p.Log})
	if err != nil {
		return err
	}
	p.ServeHTTP(handler)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	oidcv1.RegisterOIDCServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func application(ctx context.Context, p *boot.Platform, cfg Config) (*app.App, error) {
	keys, err := p.Keys()
	if err != nil {
		return nil, err
	}
	pool, err := p.Postgres(ctx)
	if err != nil {
		return nil, err
	}
	redis, err := p.Redis()
	if err != nil {
		return nil, err
	}
	outbox, err := p.Outbox(pool)
	if err != nil {
		return nil, err
	}
	account, err := p.Dial("account")
	if err != nil {
		return nil, err
	}
	profile, err := p.Dial("profile")
	if err != nil {
		return nil, err
	}
	policy := cfg.keyPolicy(p.Env.Environment)
	a := &app.App{
		Store: store.New(pool, outbox), Flows: store.NewFlows(redis, keys), Keys: keys, Ring: jose.NewRing(policy),
		Account: accountv1.NewAccountServiceClient(account), Profile: profilev1.NewProfileServiceClient(profile),
		Issuer: p.Env.PublicURL, Sandbox: p.Env.Environment == boot.Sandbox, Lifetimes: cfg.lifetimes(),
		KeyPolicy: policy, Refused: outbox.Tally("interactions", app.SummariseRefusals), Now: p.Now,
	}
	consumer, err := p.Consumer(pool)
	if err != nil {
		return nil, err
	}
	consume.Register(consumer, a)
	return a, nil
}

func (c Config) lifetimes() domain.Lifetimes {
	return domain.Lifetimes{
		Interaction: c.InteractionLife, Code: c.CodeLife, AccessToken: c.AccessTokenLife, IDToken: c.IDTokenLife,
		Refresh: c.RefreshLife, Grace: c.RefreshGrace,
	}
}
