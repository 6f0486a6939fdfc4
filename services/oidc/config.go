package oidc

import (
	"time"

	"github.com/go-redis/redis_rate/v10"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/internal/ratelimit"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
	"github.com/propusk-id/propusk/services/oidc/internal/web"
)

// How long a key signs unless it is configured.
const (
	sandboxKeyLife    = 7 * 24 * time.Hour
	productionKeyLife = 182 * 24 * time.Hour
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

func (c Config) pending() domain.PendingLimits {
	return domain.PendingLimits{InAll: c.Pending, PerAddress: c.PendingPerAddress}
}

func (c Config) limits(p *boot.Platform) (web.Limits, error) {
	redis, err := p.Redis()
	if err != nil {
		return web.Limits{}, err
	}
	limiter := func(space string, perMinute int) *ratelimit.Limiter {
		return &ratelimit.Limiter{Redis: redis_rate.NewLimiter(redis), Space: space, PerMinute: perMinute, Log: p.Log}
	}
	return web.Limits{
		Clients: limiter("oidc-client", c.ClientRequestsPerMinute), Others: limiter("oidc", c.RequestsPerMinute),
	}, nil
}

func (c Config) requestLog(p *boot.Platform, a *app.App) (*requestlog.Recorder, error) {
	return requestlog.NewRecorder(requestlog.Options{
		Log: a.Store, Errors: p.Log, Every: c.RequestLogWait, PerMinute: c.RequestLogPerMinute, Metrics: p.Metrics,
	})
}

func (c Config) lifetimes() domain.Lifetimes {
	return domain.Lifetimes{
		Interaction: c.InteractionLife, Code: c.CodeLife, AccessToken: c.AccessTokenLife, IDToken: c.IDTokenLife,
		Refresh: c.RefreshLife, Grace: c.RefreshGrace,
	}
}

// tellRetry is how long a client that could not be told of a sign-out is waited for.
func tellRetry() backoff.Exponential {
	return backoff.Exponential{First: 5 * time.Second, Max: 2 * time.Hour, Growth: 3}
}
