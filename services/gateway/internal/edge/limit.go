package edge

import (
	"context"
	"log/slog"
	"strings"

	"github.com/go-redis/redis_rate/v10"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/services/internal/ratelimit"
)

// filesPerPage is more than any page needs, fonts and pictures included.
const filesPerPage = 20

// Limiter slows down one address. Static files have a budget of their own, of filesPerPage times as many: so many may come
// with a page, and a flood of them does not keep people from signing in.
type Limiter struct{ requests, files *ratelimit.Limiter }

// NewLimiter allows an address so many requests in a minute.
func NewLimiter(redis *redis_rate.Limiter, perMinute int, log *slog.Logger) *Limiter {
	return &Limiter{
		requests: &ratelimit.Limiter{Redis: redis, Space: "gateway", PerMinute: perMinute, Log: log},
		files:    &ratelimit.Limiter{Redis: redis, Space: "gateway-static", PerMinute: perMinute * filesPerPage, Log: log},
	}
}

// Allow refuses an address that asks too often.
func (l *Limiter) Allow(ctx context.Context, path string) error {
	budget := l.requests
	if strings.HasPrefix(path, "/static/") {
		budget = l.files
	}
	return budget.Allow(ctx, rpc.RequestOf(ctx).Network())
}
