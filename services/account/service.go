// Package account keeps accounts, their levels, credentials and sessions.
package account

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/idempotency"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/api"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
	"github.com/propusk-id/propusk/services/account/migrations"
)

// Config is read from PROPUSK_ACCOUNT_* variables.
type Config struct {
	// PasswordPolicy is gu or nist.
	PasswordPolicy string `env:"PASSWORD_POLICY" envDefault:"gu"`
	// HashWorkers is how many passwords are hashed at once; 0: one per core.
	HashWorkers  int           `env:"HASH_WORKERS" envDefault:"0" range:"0..256"`
	HashQueue    int           `env:"HASH_QUEUE" envDefault:"50" range:"1..100000"`
	HashPatience time.Duration `env:"HASH_PATIENCE" envDefault:"5s" range:"100ms..10m"`

	RESTSessionLife  time.Duration `env:"REST_SESSION_LIFE" envDefault:"24h" range:"1m..8760h"`
	RESTSessionIdle  time.Duration `env:"REST_SESSION_IDLE" envDefault:"1h" range:"1m..8760h"`
	PagesSessionLife time.Duration `env:"PAGES_SESSION_LIFE" envDefault:"24h" range:"1m..8760h"`
	PagesSessionIdle time.Duration `env:"PAGES_SESSION_IDLE" envDefault:"1h" range:"1m..8760h"`

	// What wrong passwords cost at one account from one address…
	FreeFailures  int           `env:"FREE_FAILURES" envDefault:"5" range:"1..1000"`
	MaxFailures   int           `env:"MAX_FAILURES" envDefault:"50" range:"1..10000"`
	FailureWindow time.Duration `env:"FAILURE_WINDOW" envDefault:"12h" range:"1m..8760h"`
	FirstDelay    time.Duration `env:"FIRST_DELAY" envDefault:"30s" range:"1s..24h"`
	MaxDelay      time.Duration `env:"MAX_DELAY" envDefault:"1h" range:"1s..720h"`
	DelayGrowth   float64       `env:"DELAY_GROWTH" envDefault:"1.1" range:"1..10"`
	// …and from everywhere but the addresses that the holder has signed in from lately.
	AccountFreeFailures  int           `env:"ACCOUNT_FREE_FAILURES" envDefault:"100" range:"1..100000"`
	AccountFailureWindow time.Duration `env:"ACCOUNT_FAILURE_WINDOW" envDefault:"720h" range:"1m..8760h"`
	AddressKnownFor      time.Duration `env:"ADDRESS_KNOWN_FOR" envDefault:"720h" range:"0..8760h"`
}

// Service is account.
func Service() boot.Service {
	return boot.Service{
		Name: "account", Migrations: migrations.FS, Config: Config{}, Run: run,
		Owns:  "login identifiers (phone, e-mail, SNILS), the passport claim, **the level**, passwords, sessions",
		Emits: accounteventsv1.File_propusk_account_events_v1_events_proto,
		REST:  accountv1.File_propusk_account_v1_account_proto.Services().ByName("AccountService"),
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
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	accountv1.RegisterAccountServiceServer(server, api.New(a))
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
	policy, err := password.New(cfg.PasswordPolicy)
	if err != nil {
		return nil, err
	}
	hasher, err := hashing.New(hashing.RaiseGOMAXPROCS(cfg.hashing(p.Now)), p.Metrics)
	if err != nil {
		return nil, err
	}
	return &app.App{
		Store: store.New(pool, outbox, keys), Keys: keys, Answers: idempotency.New(pool, keys, p.Now),
		Policy: policy, Hasher: hasher, Throttle: cfg.throttle(), Lifetimes: cfg.lifetimes(), Now: p.Now,
		RefusedSignIns: outbox.Tally("sign-ins", app.SummariseSignIns),
	}, nil
}
