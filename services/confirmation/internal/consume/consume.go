// Package consume handles the post's events.
package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	sandboxeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/app"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
)

// Register says which events the service handles.
func Register(c *events.Consumer, a *app.App) {
	events.On(c, func(ctx context.Context, e *sandboxeventsv1.LetterMoved) error {
		return a.Moved(ctx, e.GetLetterOrderId(), domain.State(confirmationv1.LetterState_value[e.GetState()]))
	})
}
