// Package audit keeps every event of every service in an append-only, hash-chained record.
package audit

import (
	"context"

	"github.com/propusk-id/propusk/pkg/boot"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
	"github.com/propusk-id/propusk/services/audit/internal/api"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/consume"
	"github.com/propusk-id/propusk/services/audit/internal/store"
	"github.com/propusk-id/propusk/services/audit/migrations"
)

// Service is audit.
func Service() boot.Service {
	return boot.Service{
		Name: "audit", Migrations: migrations.FS, Run: run,
		Owns:        "the record of every event",
		ConsumesAll: true,
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	a, err := newApp(ctx, p)
	if err != nil {
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
