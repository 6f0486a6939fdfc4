package app

import (
	"context"

	"github.com/google/uuid"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// Resolve finds the live session of a token on a surface. Its level is the account's current one.
func (a *App) Resolve(ctx context.Context, token string, surface accountv1.Surface) (domain.Session, error) {
	return a.Store.Resolve(ctx, token, surface, a.Lifetimes.Of(surface), a.Now())
}

// Session finds a live session.
func (a *App) Session(ctx context.Context, id uuid.UUID) (domain.Session, error) {
	return a.Store.Session(ctx, id, a.Now())
}

// SignOut ends a session; one that has ended stays ended.
func (a *App) SignOut(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		ended, err := tx.EndSession(ctx, account, id, a.Now())
		if err != nil || !ended {
			return err
		}
		return tx.Emit(ctx, account.String(), &eventsv1.SignedOut{AccountId: account.String(), SessionId: id.String()})
	})
}
