// Package consume takes the events that concern appeals.
package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	appealeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/appeal/events/v1"
	"github.com/propusk-id/propusk/services/appeal/internal/app"
)

// Register has the use cases handle events.
func Register(c *events.Consumer, a *app.App) {
	events.On(c, func(ctx context.Context, e *appealeventsv1.AppealMade) error { return a.Heard(ctx, e.GetAppealId()) })
}
