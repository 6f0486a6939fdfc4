// Package consume turns events of other services into use cases.
package consume

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	"github.com/propusk-id/propusk/services/registration/internal/app"
)

// Register has the use cases handle events.
func Register(c *events.Consumer, a *app.App) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.AccountCreated) error {
		id, err := uuid.Parse(e.GetAccountId())
		if err != nil {
			return err
		}
		return a.AccountCreated(ctx, id)
	})
}
