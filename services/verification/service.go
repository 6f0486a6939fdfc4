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
	verificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
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
	CallTimeout      time.Duration `env:"CALL_TIMEOUT" envDefault:"5s" range:"10ms..5m"`
	RetryFirst       time.Duration `env:"RETRY_FIRST" envDefault:"5s" range:"10ms..24h"`
	RetryMax         time.Duration `env:"RETRY_MAX" envDefault:"10m" range:"10ms..24h"`
	Deadline         time.Duration `env:"DEADLINE" envDefault:"120h" range:"1s..8760h"`
	BreakerPercent   uint          `env:"BREAKER_PERCENT" envDefault:"50" range:"1..100"`
	BreakerCalls     uint          `env:"BREAKER_CALLS" envDefault:"10" range:"1..1000000"`
	BreakerWindow    time.Duration `env:"BREAKER_WINDOW" envDefault:"1m" range:"1s..1h"`
	BreakerDelay     time.Duration `env:"BREAKER_DELAY" envDefault:"30s" range:"10ms..1h"`
	NotMatched       int           `env:"NOT_MATCHED" envDefault:"5" range:"1..1000"`
	NotMatchedWindow time.Duration `env:"NOT_MATCHED_WINDOW" envDefault:"6h" range:"1s..8760h"`
	NumberTries      int           `env:"NUMBER_TRIES" envDefault:"5" range:"1..1000"`
	NumberDelay      time.Duration `env:"NUMBER_DELAY" envDefault:"10m" range:"1s..720h"`
	NumberDelayMax   time.Duration `env:"NUMBER_DELAY_MAX" envDefault:"24h" range:"1s..8760h"`
	NumberWindow     time.Duration `env:"NUMBER_WINDOW" envDefault:"168h" range:"1m..8760h"`
}

// Service is verification.
func Service() boot.Service {
	return boot.Service{
		Name: "verification", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:  "one check per snapshot and registry, its attempts and limits",
		Emits: verificationeventsv1.File_propusk_verification_events_v1_events_proto,
		Calls: []string{"profile", "registry", "account"},
		REST:  verificationv1.File_propusk_verification_v1_verification_proto.Services().ByName("VerificationService"),
	}
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
