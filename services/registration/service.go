// Package registration is sign-up: proof of a contact, then a password, then an account.
package registration

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/idempotency"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/api"
	"github.com/propusk-id/propusk/services/registration/internal/app"
	"github.com/propusk-id/propusk/services/registration/internal/consume"
	"github.com/propusk-id/propusk/services/registration/internal/jobs"
	"github.com/propusk-id/propusk/services/registration/internal/store"
	"github.com/propusk-id/propusk/services/registration/migrations"
)

// Config is read from PROPUSK_REGISTRATION_* variables.
type Config struct {
	// Life is how long an unfinished sign-up is kept.
	Life time.Duration `env:"LIFE" envDefault:"72h" range:"1m..8760h"`
	// CompletionTime is how long a sign-up is kept at least once its account is being created.
	CompletionTime time.Duration `env:"COMPLETION_TIME" envDefault:"1h" range:"1s..720h"`
	// KeepEnded is how long an ended sign-up, without personal data, can still be asked about.
	KeepEnded time.Duration `env:"KEEP_ENDED" envDefault:"720h" range:"0..87600h"`
	// PurgeEvery is how often both are looked after.
	PurgeEvery time.Duration `env:"PURGE_EVERY" envDefault:"5m" range:"10ms..24h"`
	// Countries are the dialled country codes of the phones that may sign up.
	Countries []int `env:"COUNTRIES" envDefault:"7" range:"1..999"`
}

// Service is registration.
func Service() boot.Service {
	return boot.Service{
		Name: "registration", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:     "sign-ups under way; chooses the account's id at their start",
		Emits:    registrationeventsv1.File_propusk_registration_events_v1_events_proto,
		Consumes: []proto.Message{&accounteventsv1.AccountCreated{}},
		Calls:    []string{"otp", "account", "profile"},
		REST:     boot.Contracts(registrationv1.File_propusk_registration_v1_registration_proto),
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
	if _, err := p.Jobs(a.Store.Pool(), jobs.Workers(a), backoff.Exponential{}, jobs.Periodic(cfg.PurgeEvery)); err != nil {
		return err
	}
	consumer, err := p.Consumer(a.Store.Pool())
	if err != nil {
		return err
	}
	consume.Register(consumer, a)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	registrationv1.RegisterRegistrationServiceServer(server, api.New(a))
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
	otp, err := boot.Client(p, "otp", otpv1.NewOTPServiceClient)
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
	return &app.App{
		Store: store.New(pool, outbox, keys), OTP: otp, Account: account, Profile: profile,
		Keys: keys, Answers: idempotency.New(pool, keys, p.Now), Policy: cfg.policy(), Now: p.Now,
	}, nil
}

func (c Config) policy() app.Policy {
	return app.Policy{Life: c.Life, CompletionTime: c.CompletionTime, KeepEnded: c.KeepEnded, Countries: c.Countries}
}
