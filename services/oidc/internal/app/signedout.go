package app

import (
	"context"

	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// SessionEnded revokes what was issued in a session, except offline access, and voids its codes.
func (a *App) SessionEnded(ctx context.Context, sessionID string) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); err != nil || !first {
			return err
		}
		grants, err := tx.EndSession(ctx, sessionID, a.Now())
		if err != nil {
			return err
		}
		for _, g := range grants {
			if err := tx.Emit(ctx, g.ID.String(), revokedEvent(g, causeLogout)); err != nil {
				return err
			}
		}
		return nil
	})
}
