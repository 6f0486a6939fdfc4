package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
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

// List is a page of the account's verifications, newest first, and the token of the next.
func (a *App) List(ctx context.Context, account uuid.UUID, q paging.Query) ([]domain.Verification, string, error) {
	list := paging.List[uuid.UUID]{Keys: a.Keys, Name: "verifications", Start: uuid.Max}
	page, err := list.Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	verifications, err := a.Store.OfAccount(ctx, account, page.After, page.Limit())
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, verifications, func(v domain.Verification) uuid.UUID { return v.ID })
}
