package app

import (
	"context"

	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// Options are the switches of the phone.
func (a *App) Options(ctx context.Context) (domain.Options, error) { return a.Store.Options(ctx) }

// SetOptions sets the switches.
func (a *App) SetOptions(ctx context.Context, o domain.Options) error {
	return a.Store.SetOptions(ctx, o)
}
