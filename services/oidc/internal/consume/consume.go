// Package consume handles the events that concern oidc.
package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
)

// Register has the end of a session revoke what partners were issued in it, and its person's wish also what outlives it; and
// keeps who gives third parties nothing that they can do without.
func Register(c *events.Consumer, a *app.App) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.SignedOut) error {
		return a.SessionEnded(ctx, e.GetSessionId())
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.OfflineAccessEnded) error {
		return a.EndOfflineAccess(ctx, e.GetAccountId(), e.GetSessionIds())
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.ThirdPartyAccessChanged) error {
		return a.LimitAccess(ctx, e.GetAccountId(), e.GetThirdPartyAccess(), e.GetVersion())
	})
}
