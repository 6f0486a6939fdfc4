package edge

import (
	"context"
	"log/slog"
	"strings"

	"github.com/go-redis/redis_rate/v10"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Limiter slows down one address. It is only a first wall: what protects accounts and codes is counted by their
// services in Postgres, so it fails open when Redis is away.
type Limiter struct {
	Redis *redis_rate.Limiter
	// PerMinute is how many requests an address may make in a minute.
	PerMinute int
	Log       *slog.Logger
}

// Allow refuses an address that asks too often. Static files are free.
func (l *Limiter) Allow(ctx context.Context, path string) error {
	if strings.HasPrefix(path, "/static/") {
		return nil
	}
	got, err := l.Redis.Allow(ctx, "gateway:"+rpc.RequestOf(ctx).Network(), redis_rate.PerMinute(l.PerMinute))
	if err != nil {
		l.Log.Warn("requests are not limited", "error", err)
		return nil
	}
	if got.Allowed > 0 {
		return nil
	}
	return errs.New(errs.Throttled, errorsv1.Reason_RATE_LIMITED, "too many requests from this address").
		After(got.RetryAfter)
}
