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
	// PerMinute is how many requests an address may make in a minute. Static files have a budget of their own, of
	// filesPerPage times as many: so many may come with a page, and a flood of them does not keep people from signing in.
	PerMinute int
	Log       *slog.Logger
}

// filesPerPage is more than any page needs, fonts and pictures included.
const filesPerPage = 20

// Allow refuses an address that asks too often.
func (l *Limiter) Allow(ctx context.Context, path string) error {
	budget, perMinute := "gateway:", l.PerMinute
	if strings.HasPrefix(path, "/static/") {
		budget, perMinute = "gateway-static:", l.PerMinute*filesPerPage
	}
	got, err := l.Redis.Allow(ctx, budget+rpc.RequestOf(ctx).Network(), redis_rate.PerMinute(perMinute))
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
