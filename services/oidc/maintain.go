package oidc

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
)

// prepareRetry is how long a failed start waits before it tries again.
const prepareRetry = time.Second

// prepare makes and loads keys before the first request. It waits for Postgres: services and stores start in any order.
func prepare(ctx context.Context, p *boot.Platform, a *app.App) error {
	for {
		err := a.Maintain(ctx)
		if err == nil {
			err = a.PutSandboxClients(ctx)
		}
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		p.Log.WarnContext(ctx, "cannot start yet", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(prepareRetry):
		}
	}
}

// maintain runs in every replica: each has to load the keys that another made.
func maintain(ctx context.Context, p *boot.Platform, a *app.App, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := a.Maintain(ctx); err != nil && ctx.Err() == nil {
			p.Log.WarnContext(ctx, "signing keys were not maintained", "error", err)
		}
	}
}
