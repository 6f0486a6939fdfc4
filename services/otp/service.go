// Package otp issues and checks one-time codes and links.
package otp

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	otpeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/api"
	"github.com/propusk-id/propusk/services/otp/internal/app"
	"github.com/propusk-id/propusk/services/otp/internal/store"
	"github.com/propusk-id/propusk/services/otp/migrations"
)

// Config is read from PROPUSK_OTP_* variables.
type Config struct {
	CodeLife         time.Duration `env:"CODE_LIFE" envDefault:"300s" range:"10s..1h"`
	LinkLife         time.Duration `env:"LINK_LIFE" envDefault:"72h" range:"1m..720h"`
	TriesPerCode     int           `env:"TRIES_PER_CODE" envDefault:"5" range:"1..100"`
	ResendAfter      time.Duration `env:"RESEND_AFTER" envDefault:"60s" range:"0..1h"`
	LiveCodes        int           `env:"LIVE_CODES" envDefault:"3" range:"1..20"`
	SendsPer5Minutes int           `env:"SENDS_PER_5_MINUTES" envDefault:"10" range:"1..10000"`
	SendsPerDay      int           `env:"SENDS_PER_DAY" envDefault:"20" range:"1..1000"`
	// SendsKeptPerDay are so many more, for addresses that the destination's owner has used before.
	SendsKeptPerDay   int           `env:"SENDS_KEPT_PER_DAY" envDefault:"5" range:"0..1000"`
	SendsPerAddress   int           `env:"SENDS_PER_ADDRESS" envDefault:"30" range:"1..100000000" sandbox:"1000000"`
	SendsAltogether   int           `env:"SENDS_ALTOGETHER" envDefault:"100000" range:"1..1000000000"`
	FailuresToLock    int           `env:"FAILURES_TO_LOCK" envDefault:"10" range:"1..1000"`
	FailuresToDisable int           `env:"FAILURES_TO_DISABLE" envDefault:"100" range:"1..100000"`
	LockFor           time.Duration `env:"LOCK_FOR" envDefault:"15m" range:"1s..720h"`
	LockSignUpFor     time.Duration `env:"LOCK_SIGN_UP_FOR" envDefault:"24h" range:"1s..720h"`
}

// Service is otp.
func Service() boot.Service {
	return boot.Service{
		Name: "otp", Migrations: migrations.FS, Config: Config{}, Run: run,
		Owns:  "live codes (Redis), failures and locks per destination",
		Emits: otpeventsv1.File_propusk_otp_events_v1_events_proto,
		Calls: []string{"notification"},
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
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	otpv1.RegisterOTPServiceServer(server, api.New(a))
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
	redis, err := p.Redis()
	if err != nil {
		return nil, err
	}
	notification, err := boot.Client(p, "notification", notificationv1.NewNotificationServiceClient)
	if err != nil {
		return nil, err
	}
	meter, err := app.NewMeter(p.Metrics)
	if err != nil {
		return nil, err
	}
	return &app.App{
		Store: store.New(pool, outbox), Codes: store.NewCodes(redis), Notification: notification,
		Keys: keys, Limits: cfg.limits(), Meter: meter, Now: p.Now,
	}, nil
}
