// Package verification checks what people say of themselves against the state registries.
package verification

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/pg"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/api"
	"github.com/propusk-id/propusk/services/verification/internal/app"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/jobs"
	"github.com/propusk-id/propusk/services/verification/internal/registries"
	"github.com/propusk-id/propusk/services/verification/internal/store"
	"github.com/propusk-id/propusk/services/verification/migrations"
)

// Config is read from PROPUSK_VERIFICATION_* variables.
type Config struct {
	// PFREnabled and FMSEnabled are the switches: a registry that is off counts as not answering.
	PFREnabled       bool          `env:"PFR_ENABLED" envDefault:"true"`
	FMSEnabled       bool          `env:"FMS_ENABLED" envDefault:"true"`
	CallTimeout      time.Duration `env:"CALL_TIMEOUT" envDefault:"5s"`
	RetryFirst       time.Duration `env:"RETRY_FIRST" envDefault:"5s"`
	RetryMax         time.Duration `env:"RETRY_MAX" envDefault:"10m"`
	Deadline         time.Duration `env:"DEADLINE" envDefault:"120h"`
	BreakerPercent   uint          `env:"BREAKER_PERCENT" envDefault:"50"`
	BreakerCalls     uint          `env:"BREAKER_CALLS" envDefault:"10"`
	BreakerWindow    time.Duration `env:"BREAKER_WINDOW" envDefault:"1m"`
	BreakerDelay     time.Duration `env:"BREAKER_DELAY" envDefault:"30s"`
	NotMatched       int           `env:"NOT_MATCHED" envDefault:"5"`
	NotMatchedWindow time.Duration `env:"NOT_MATCHED_WINDOW" envDefault:"6h"`
	NumberTries      int           `env:"NUMBER_TRIES" envDefault:"5"`
	NumberDelay      time.Duration `env:"NUMBER_DELAY" envDefault:"10m"`
	NumberDelayMax   time.Duration `env:"NUMBER_DELAY_MAX" envDefault:"24h"`
	NumberWindow     time.Duration `env:"NUMBER_WINDOW" envDefault:"168h"`
}

// Service is verification.
func Service() boot.Service {
	return boot.Service{Name: "verification", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := connect(cfg, p)
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
	a.Store = store.New(pool, outbox)
	if a.Jobs, err = p.Jobs(pool, jobs.Workers(a)); err != nil {
		return err
	}
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	verificationv1.RegisterVerificationServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

// connect makes the application with its neighbours and without its store.
func connect(cfg Config, p *boot.Platform) (*app.App, error) {
	keys, err := p.Keys()
	if err != nil {
		return nil, err
	}
	profile, err := p.Dial("profile")
	if err != nil {
		return nil, err
	}
	account, err := p.Dial("account")
	if err != nil {
		return nil, err
	}
	registry, err := p.Dial("registry")
	if err != nil {
		return nil, err
	}
	client := registryv1.NewRegistryServiceClient(registry)
	return &app.App{
		Profile: profilev1.NewProfileServiceClient(profile), Account: accountv1.NewAccountServiceClient(account),
		Registries: map[domain.Registry]app.Registry{
			verificationv1.Registry_PFR: registries.NewPFR(client, cfg.PFREnabled, cfg.care()),
			verificationv1.Registry_FMS: registries.NewFMS(client, cfg.FMSEnabled, cfg.care()),
		},
		Keys: keys, Answers: pg.NewAnswers(keys, p.Now), Limits: cfg.limits(), Patience: cfg.Deadline, Now: p.Now,
		Backoff: domain.Backoff{First: cfg.RetryFirst, Max: cfg.RetryMax},
	}, nil
}

func (c Config) care() registries.Settings {
	return registries.Settings{
		Timeout: c.CallTimeout, BreakerPercent: c.BreakerPercent, BreakerCalls: c.BreakerCalls,
		BreakerWindow: c.BreakerWindow, BreakerDelay: c.BreakerDelay,
	}
}

func (c Config) limits() domain.Limits {
	return domain.Limits{
		NotMatched: c.NotMatched, Window: c.NotMatchedWindow, FreeTries: c.NumberTries,
		FirstDelay: c.NumberDelay, MaxDelay: c.NumberDelayMax, NumberWindow: c.NumberWindow,
	}
}
