// Package consume turns the post's events into moves of letters.
package consume

import (
	"context"

	"github.com/propusk-id/propusk/pkg/events"
	sandboxeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/app"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
)

// Register says which events the service handles.
func Register(c *events.Consumer, a *app.App) {
	events.On(c, func(ctx context.Context, e *sandboxeventsv1.LetterMoved) error {
		return a.Moved(ctx, e.GetLetterOrderId(), domain.State(e.GetState()))
	})
}
