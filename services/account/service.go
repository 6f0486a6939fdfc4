// Package account keeps accounts, their levels, credentials and sessions.
package account

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/pg"
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
	HashWorkers  int           `env:"HASH_WORKERS" envDefault:"0"`
	HashQueue    int           `env:"HASH_QUEUE" envDefault:"50"`
	HashPatience time.Duration `env:"HASH_PATIENCE" envDefault:"5s"`

	RESTSessionLife  time.Duration `env:"REST_SESSION_LIFE" envDefault:"24h"`
	RESTSessionIdle  time.Duration `env:"REST_SESSION_IDLE" envDefault:"1h"`
	PagesSessionLife time.Duration `env:"PAGES_SESSION_LIFE" envDefault:"24h"`
	PagesSessionIdle time.Duration `env:"PAGES_SESSION_IDLE" envDefault:"1h"`

	// What wrong passwords cost at one account from one address…
	FreeFailures  int           `env:"FREE_FAILURES" envDefault:"5"`
	MaxFailures   int           `env:"MAX_FAILURES" envDefault:"50"`
	FailureWindow time.Duration `env:"FAILURE_WINDOW" envDefault:"12h"`
	FirstDelay    time.Duration `env:"FIRST_DELAY" envDefault:"30s"`
	MaxDelay      time.Duration `env:"MAX_DELAY" envDefault:"1h"`
	DelayGrowth   float64       `env:"DELAY_GROWTH" envDefault:"1.1"`
	// …and from everywhere but the addresses that the holder has signed in from lately.
	AccountFreeFailures  int           `env:"ACCOUNT_FREE_FAILURES" envDefault:"100"`
	AccountFailureWindow time.Duration `env:"ACCOUNT_FAILURE_WINDOW" envDefault:"720h"`
	AddressKnownFor      time.Duration `env:"ADDRESS_KNOWN_FOR" envDefault:"720h"`
}

// Service is account.
func Service() boot.Service {
	return boot.Service{Name: "account", Migrations: migrations.FS, Config: Config{}, Run: run}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	if err := cfg.check(); err != nil {
		return err
	}
	policy, err := password.New(cfg.PasswordPolicy)
	if err != nil {
		return err
	}
	hasher, err := hashing.New(hashing.MakeRoom(cfg.hashing()), p.Metrics)
	if err != nil {
		return err
	}
	keys, err := p.Keys()
	if err != nil {
		return err
	}
	pool, err := p.Postgres(ctx)
	if err != nil {
		return err
	}
	outbox, err := p.Outbox(pool)
	if err != nil {
		return err
	}
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	accountv1.RegisterAccountServiceServer(server, api.New(&app.App{
		Store: store.New(pool, outbox, keys), Keys: keys, Answers: pg.NewAnswers(keys, p.Now),
		Policy: policy, Hasher: hasher, Throttle: cfg.throttle(), Lifetimes: cfg.lifetimes(), Now: p.Now,
		RefusedSignIns: outbox.Tally("sign-ins", app.SummariseSignIns),
	}))
	return p.Serve(ctx)
}
