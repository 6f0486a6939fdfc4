package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// SessionEnded revokes what was issued in a session, except offline access, and voids its codes.
func (a *App) SessionEnded(ctx context.Context, sessionID string) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); err != nil || !first {
			return err
		}
		return a.endSession(ctx, tx, sessionID)
	})
}

// endSession revokes what was issued in a session, and has the clients told that have an address for it.
func (a *App) endSession(ctx context.Context, tx *store.Tx, sessionID string) error {
	users, err := tx.SessionUsers(ctx, sessionID)
	if err != nil {
		return err
	}
	grants, err := tx.EndSession(ctx, sessionID, a.Now())
	if err != nil {
		return err
	}
	if err := a.tellAll(ctx, tx, users, sessionID); err != nil {
		return err
	}
	return tellRevoked(ctx, tx, grants, causeLogout)
}

func tellRevoked(ctx context.Context, tx *store.Tx, grants []domain.Grant, cause string) error {
	for _, g := range grants {
		if err := tx.Emit(ctx, g.ID.String(), revokedEvent(g, cause)); err != nil {
			return err
		}
	}
	return nil
}

// EndOfflineAccess revokes what the account's partners were issued to outlive its sessions. The sessions that have ended give no
// more of it, whichever of their ends is heard of first: else a code could be redeemed in between.
func (a *App) EndOfflineAccess(ctx context.Context, accountID string, sessions []string) error {
	account, err := uuid.Parse(accountID)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); err != nil || !first {
			return err
		}
		users, err := tx.AccountUsers(ctx, account)
		if err != nil {
			return err
		}
		slices.Sort(sessions) // two of these take the sessions' locks in one order
		for _, id := range sessions {
			if err := a.endSession(ctx, tx, id); err != nil {
				return err
			}
		}
		grants, err := tx.RevokeOffline(ctx, account, a.Now())
		if err != nil {
			return err
		}
		if err := a.tellAll(ctx, tx, users, ""); err != nil {
			return err
		}
		return tellRevoked(ctx, tx, grants, causeOfflineEnded)
	})
}
