package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// Get is one of the account's verifications.
func (a *App) Get(ctx context.Context, account, id uuid.UUID) (domain.Verification, error) {
	v, err := a.Store.Verification(ctx, id)
	if err != nil {
		return domain.Verification{}, err
	}
	if v.AccountID != account {
		return domain.Verification{}, store.ErrNoVerification()
	}
	return v, nil
}

// List are the account's verifications, newest first.
func (a *App) List(ctx context.Context, account uuid.UUID) ([]domain.Verification, error) {
	return a.Store.OfAccount(ctx, account)
}
