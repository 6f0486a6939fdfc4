// Package audit keeps every event of every service in an append-only, hash-chained record.
package audit

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/events"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
	"github.com/propusk-id/propusk/services/audit/internal/api"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/consume"
	"github.com/propusk-id/propusk/services/audit/internal/store"
	"github.com/propusk-id/propusk/services/audit/migrations"
)

// Config is read from PROPUSK_AUDIT_* variables.
type Config struct {
	// KeepMonths is how many whole months records are kept; 0: for good.
	KeepMonths int `env:"KEEP_MONTHS" envDefault:"60" range:"0..1200"`
}

// Service is audit.
func Service() boot.Service {
	return boot.Service{
		Name: "audit", Migrations: migrations.FS, Config: Config{}, Run: run,
		Owns:        "the record of every event",
		ConsumesAll: true,
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := newApp(ctx, p)
	if err != nil {
		return err
	}
	consumer, err := p.Consumer(a.Store.Pool())
	if err != nil {
		return err
	}
	p.Go(func(ctx context.Context) error {
		keepMonths(ctx, p, a.Store, cfg.KeepMonths)
		return nil
	})
	consume.Register(consumer, a)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	auditv1.RegisterAuditServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform) (*app.App, error) {
	pool, err := p.Postgres(ctx)
	if err != nil {
		return nil, err
	}
	return &app.App{Store: store.New(pool)}, nil
}

// keepMonths looks after the record's monthly partitions; every replica may.
func keepMonths(ctx context.Context, p *boot.Platform, s *store.Store, keep int) {
	events.Every(ctx, p.Now, time.Hour, func(ctx context.Context) {
		if err := s.RollMonths(ctx, p.Now(), keep); err != nil && ctx.Err() == nil {
			p.Log.Warn("the record's months were not looked after", "error", err)
		}
	})
}
