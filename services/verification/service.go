// Package verification checks what people say about themselves against the state registries.
package verification

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/idempotency"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/api"
	"github.com/propusk-id/propusk/services/verification/internal/app"
	"github.com/propusk-id/propusk/services/verification/internal/jobs"
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
	Deadline         time.Duration `env:"DEADLINE" envDefault:"120h" range:"10ms..8760h"`
	BreakerPercent   uint          `env:"BREAKER_PERCENT" envDefault:"50" range:"1..100"`
	BreakerCalls     uint          `env:"BREAKER_CALLS" envDefault:"10" range:"1..1000000"`
	BreakerWindow    time.Duration `env:"BREAKER_WINDOW" envDefault:"1m" range:"1s..1h"`
	BreakerDelay     time.Duration `env:"BREAKER_DELAY" envDefault:"30s" range:"10ms..1h"`
	NotMatched       int           `env:"NOT_MATCHED" envDefault:"5" range:"1..1000"`
	NotMatchedWindow time.Duration `env:"NOT_MATCHED_WINDOW" envDefault:"6h" range:"1s..8760h"`
	AddressTries     int           `env:"ADDRESS_TRIES" envDefault:"20" range:"1..1000000" sandbox:"100000"`
	AddressDelay     time.Duration `env:"ADDRESS_DELAY" envDefault:"10m" range:"1s..720h"`
	AddressDelayMax  time.Duration `env:"ADDRESS_DELAY_MAX" envDefault:"24h" range:"1s..8760h"`
	AddressWindow    time.Duration `env:"ADDRESS_WINDOW" envDefault:"48h" range:"1m..8760h"`
	Budget           int           `env:"BUDGET" envDefault:"1000" range:"1..1000000"`
	BudgetWindow     time.Duration `env:"BUDGET_WINDOW" envDefault:"1h" range:"1m..720h"`
}

// Service is verification.
func Service() boot.Service {
	return boot.Service{
		Name: "verification", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:  "one check per snapshot and registry, its attempts and limits",
		Emits: verificationeventsv1.File_propusk_verification_events_v1_events_proto,
		Calls: []string{"profile", "registry", "account"},
		REST:  boot.Contracts(verificationv1.File_propusk_verification_v1_verification_proto),
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
	if a.Store.Jobs, err = p.Jobs(a.Store.Pool(), jobs.Workers(a), cfg.backoff()); err != nil {
		return err
	}
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	verificationv1.RegisterVerificationServiceServer(server, api.New(a))
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
	profile, err := boot.Client(p, "profile", profilev1.NewProfileServiceClient)
	if err != nil {
		return nil, err
	}
	account, err := boot.Client(p, "account", accountv1.NewAccountServiceClient)
	if err != nil {
		return nil, err
	}
	registry, err := boot.Client(p, "registry", registryv1.NewRegistryServiceClient)
	if err != nil {
		return nil, err
	}
	meter, err := app.NewMeter(p.Metrics)
	if err != nil {
		return nil, err
	}
	return &app.App{
		Store: store.New(pool, outbox), Profile: profile, Account: account, Registries: cfg.registries(registry),
		Keys: keys, Answers: idempotency.New(pool, keys, p.Now), Limits: cfg.limits(), Backoff: cfg.backoff(),
		GiveUpAfter: cfg.Deadline, Meter: meter, Log: p.Log, Now: p.Now,
	}, nil
}
