// Package oidc is the authorization server for partners: OpenID Connect over one core.
package oidc

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/api"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/consume"
	"github.com/propusk-id/propusk/services/oidc/internal/grants"
	"github.com/propusk-id/propusk/services/oidc/internal/grants/clientcredentials"
	"github.com/propusk-id/propusk/services/oidc/internal/grants/code"
	"github.com/propusk-id/propusk/services/oidc/internal/grants/refresh"
	"github.com/propusk-id/propusk/services/oidc/internal/jobs"
	"github.com/propusk-id/propusk/services/oidc/internal/jose"
	"github.com/propusk-id/propusk/services/oidc/internal/outbound"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
	"github.com/propusk-id/propusk/services/oidc/internal/web"
	"github.com/propusk-id/propusk/services/oidc/migrations"
)

// Config is read from PROPUSK_OIDC_* variables.
type Config struct {
	InteractionLife time.Duration `env:"INTERACTION_LIFE" envDefault:"10m" range:"10s..24h"`
	CodeLife        time.Duration `env:"CODE_LIFE" envDefault:"60s" range:"1s..10m"`
	AccessTokenLife time.Duration `env:"ACCESS_TOKEN_LIFE" envDefault:"5m" range:"1s..24h"`
	IDTokenLife     time.Duration `env:"ID_TOKEN_LIFE" envDefault:"5m" range:"1s..24h"`
	RefreshLife     time.Duration `env:"REFRESH_LIFE" envDefault:"720h" range:"1m..43800h"`
	RefreshGrace    time.Duration `env:"REFRESH_GRACE" envDefault:"10s" range:"0..5m"`
	// KeyLife is how long a key signs; 0: a week in a sandbox, half a year elsewhere.
	KeyLife    time.Duration `env:"KEY_LIFE" envDefault:"0" range:"0 or 1h..43800h"`
	KeyPublish time.Duration `env:"KEY_PUBLISH" envDefault:"24h" range:"1m..720h"`
	// Pending bounds the sign-ins for partners that are begun and not finished, and the sign-outs; each is a few kB of Redis.
	Pending           int `env:"PENDING" envDefault:"20000" range:"100..1000000"`
	PendingPerAddress int `env:"PENDING_PER_ADDRESS" envDefault:"500" range:"10..1000000" sandbox:"20000"`
	// ClientRequestsPerMinute bounds a partner's requests for tokens, and the look-ups of clients for an address;
	// RequestsPerMinute the requests of an address that no secret vouches for.
	ClientRequestsPerMinute int `env:"CLIENT_REQUESTS_PER_MINUTE" envDefault:"6000" range:"1..100000000" sandbox:"1000000"`
	RequestsPerMinute       int `env:"REQUESTS_PER_MINUTE" envDefault:"600" range:"1..100000000" sandbox:"1000000"`
	// RequestLogPerMinute is how many requests of a client its log keeps a minute; 0: there is no log.
	RequestLogPerMinute int `env:"REQUEST_LOG_PER_MINUTE" envDefault:"60" range:"0..100000" sandbox:"6000"`
	// RequestLogWait is how long entries wait to be written together: what a crash may lose.
	RequestLogWait time.Duration `env:"REQUEST_LOG_WAIT" envDefault:"1s" range:"1ms..1m"`
	// SandboxClients bounds the clients that developers make in a sandbox.
	SandboxClients int `env:"SANDBOX_CLIENTS" envDefault:"1000" range:"1..100000"`
	// OutboundAllow are networks and addresses that requests to clients may reach beside public ones, by http too: none, but where
	// clients run inside, or on the same machine in a test.
	OutboundAllow []string `env:"OUTBOUND_ALLOW" envSeparator:","`
	// Maintain is how often keys are looked after and what is long over is forgotten.
	Maintain time.Duration `env:"MAINTAIN" envDefault:"1m" range:"1ms..1h"`
}

// Service is oidc.
func Service() boot.Service {
	return boot.Service{
		Name: "oidc", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:  "clients, interactions, consents, grants, signing keys",
		Emits: oidceventsv1.File_propusk_oidc_events_v1_events_proto,
		Consumes: []proto.Message{
			&accounteventsv1.SignedOut{}, &accounteventsv1.OfflineAccessEnded{}, &accounteventsv1.ThirdPartyAccessChanged{},
		},
		Calls: []string{"account", "profile"},
		REST:  boot.Contracts(oidcv1.File_propusk_oidc_v1_consents_proto),
		// What programs call answers as the protocol says; what people open shows them pages.
		HTTP: []boot.Route{
			{Pattern: "/oauth2/", Refusals: boot.AsOAuth},
			{Pattern: "POST /oauth2/token", Refusals: boot.AsOAuth, OwnLimits: true},
			{Pattern: "POST /oauth2/introspect", Refusals: boot.AsOAuth, OwnLimits: true},
			{Pattern: "POST /oauth2/revoke", Refusals: boot.AsOAuth, OwnLimits: true},
			{Pattern: "GET /oauth2/userinfo", Refusals: boot.AsOAuth, OwnLimits: true},
			{Pattern: "POST /oauth2/userinfo", Refusals: boot.AsOAuth, OwnLimits: true},
			{Pattern: "/.well-known/openid-configuration", Refusals: boot.AsOAuth},
			{Pattern: "/.well-known/oauth-authorization-server", Refusals: boot.AsOAuth},
			{Pattern: "/oauth2/authorize", Refusals: boot.AsPages},
			{Pattern: "/oauth2/continue", Refusals: boot.AsPages},
			{Pattern: "/oauth2/logout", Refusals: boot.AsPages},
			{Pattern: "/oauth2/logout/", Refusals: boot.AsPages},
		},
		Redis: true,
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := newApp(ctx, p, cfg)
	if err != nil {
		return err
	}
	if a.Store.Jobs, err = p.Jobs(a.Store.Pool(), jobs.Workers(a), tellRetry()); err != nil {
		return err
	}
	if err := prepare(ctx, p, a); err != nil {
		return err
	}
	p.Go(func(ctx context.Context) error { return maintain(ctx, p, a, cfg.Maintain) })
	p.Go(func(ctx context.Context) error { return countReleases(ctx, p, a) })
	consumer, err := p.Consumer(a.Store.Pool())
	if err != nil {
		return err
	}
	consume.Register(consumer, a)
	limits, err := cfg.limits(p)
	if err != nil {
		return err
	}
	requests, err := cfg.requestLog(p, a)
	if err != nil {
		return err
	}
	p.Go(requests.Run)
	handler, err := web.New(web.Options{App: a, Grants: kinds(a), Limits: limits, Requests: requests, Log: p.Log})
	if err != nil {
		return err
	}
	p.ServeHTTP(handler)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	api.Register(server, a)
	return p.Serve(ctx)
}

// kinds are the kinds of grants that there are.
func kinds(a *app.App) grants.Registry {
	return grants.Registry{code.Kind{App: a}, refresh.Kind{App: a}, clientcredentials.Kind{}}
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
	redis, err := p.Redis()
	if err != nil {
		return nil, err
	}
	account, err := boot.Client(p, "account", accountv1.NewAccountServiceClient)
	if err != nil {
		return nil, err
	}
	profile, err := boot.Client(p, "profile", profilev1.NewProfileServiceClient)
	if err != nil {
		return nil, err
	}
	client, err := outbound.New(cfg.OutboundAllow)
	if err != nil {
		return nil, err
	}
	policy := cfg.keyPolicy(p.Env.Environment)
	return &app.App{
		Store: store.New(pool, outbox), Interactions: store.NewInteractionStore(redis, keys, cfg.pending()),
		Account: account, Profile: profile, Outbound: client, Keys: keys, KeySet: jose.NewKeySet(policy), KeyPolicy: policy,
		Issuer: p.Env.PublicURL, Sandbox: p.Env.Environment == boot.Sandbox, MaxSandboxClients: cfg.SandboxClients, Lifetimes: cfg.lifetimes(),
		Refused: outbox.Tally("interactions", app.SummariseRefusals), Now: p.Now,
	}, nil
}
