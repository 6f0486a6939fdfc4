package oidc

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// How long a key signs unless it is configured.
const (
	sandboxKeyLife    = 7 * 24 * time.Hour
	productionKeyLife = 182 * 24 * time.Hour
	prepareRetry      = time.Second
)

func (c Config) keyPolicy(e boot.Environment) domain.KeyPolicy {
	life := c.KeyLife
	switch {
	case life > 0:
	case e == boot.Sandbox:
		life = sandboxKeyLife
	default:
		life = productionKeyLife
	}
	return domain.KeyPolicy{Life: life, Publish: c.KeyPublish}
}

// prepare has keys there before anybody asks; Postgres being away is waited out: services and stores start in any
// order.
func prepare(ctx context.Context, p *boot.Platform, a *app.App) error {
	for {
		err := a.Maintain(ctx)
		if err == nil {
			err = a.PutSandboxApp(ctx)
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

// maintain goes on in every replica: each has to take up the keys that another made.
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
			p.Log.WarnContext(ctx, "keys were not looked after", "error", err)
		}
	}
}
