package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// PartnerSignInView is a client that an account was signed in to.
type PartnerSignInView struct {
	domain.PartnerSignIn
	Client domain.Client
}

// PartnerSignIns are the clients that an account was signed in to, or that got its data, between two instants, newest first, of
// those that there still are.
func (a *App) PartnerSignIns(ctx context.Context, accountID string, since, until time.Time) ([]PartnerSignInView, error) {
	account, err := uuid.Parse(accountID)
	if err != nil {
		return nil, err
	}
	list, err := a.Store.PartnerSignIns(ctx, account, since, until)
	if err != nil {
		return nil, err
	}
	var out []PartnerSignInView
	for _, p := range list {
		c, found, err := a.client(ctx, p.ClientID)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, PartnerSignInView{p, c})
		}
	}
	return out, nil
}
