// Package ratelimit counts requests in Redis. It is only a first wall: what protects accounts and codes is counted by their
// services in Postgres, so it fails open when Redis is away.
package ratelimit

import (
	"context"
	"log/slog"

	"github.com/go-redis/redis_rate/v10"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Limiter slows down who asks too often.
type Limiter struct {
	Redis *redis_rate.Limiter
	// Space keeps its counters apart from other limiters'.
	Space string
	// PerMinute is how many requests each may make in a minute.
	PerMinute int
	Log       *slog.Logger
}

// Allow counts a request, and refuses it when there were too many.
func (l *Limiter) Allow(ctx context.Context, who string) error {
	got, err := l.Redis.Allow(ctx, l.Space+":"+who, redis_rate.PerMinute(l.PerMinute))
	if err != nil {
		l.Log.WarnContext(ctx, "requests are not limited", "error", err)
		return nil
	}
	if got.Allowed > 0 {
		return nil
	}
	return errs.New(errorsv1.Reason_RATE_LIMITED, "too many requests").After(got.RetryAfter)
}
