package app

import (
	"context"
	"slices"
	"strings"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Userinfo returns the claims that an access token is valid for. Its grant is looked up each time, so that a revocation
// or a sign-out takes effect at once.
func (a *App) Userinfo(ctx context.Context, token string) (Claims, error) {
	now := a.Now()
	access, err := a.checkAccess(token, now)
	if err != nil {
		return nil, err
	}
	grant, found, err := a.Store.Grant(ctx, access.grant)
	if err != nil {
		return nil, err
	}
	if !found || !grant.Live(now) {
		return nil, domain.ErrToken()
	}
	claims := Claims{"sub": access.subject}
	scopes := strings.Fields(access.scope)
	if err := a.addContacts(ctx, claims, scopes, grant.AccountID.String()); err != nil {
		return nil, err
	}
	return claims, a.addCard(ctx, claims, scopes, grant.AccountID.String())
}

// hasAny says whether one of the wanted scopes is among the granted.
func hasAny(granted []string, wanted ...string) bool {
	return slices.ContainsFunc(wanted, func(s string) bool { return slices.Contains(granted, s) })
}

func (a *App) addContacts(ctx context.Context, claims Claims, scopes []string, accountID string) error {
	if !hasAny(scopes, domain.Profile, domain.Email, domain.Phone) {
		return nil
	}
	contacts, err := a.Account.GetContacts(ctx, &accountv1.GetContactsRequest{AccountId: accountID})
	if isGone(err) {
		return domain.ErrToken()
	}
	if err != nil {
		return err
	}
	claims.contacts(scopes, contacts)
	return nil
}

// addCard adds profile's data; the proven contacts of account take precedence.
func (a *App) addCard(ctx context.Context, claims Claims, scopes []string, accountID string) error {
	if !hasAny(scopes, domain.Profile, domain.Email, domain.Phone, domain.Address, domain.SNILS, domain.IDDoc) {
		return nil
	}
	card, err := a.Profile.GetCard(ctx, &profilev1.GetCardRequest{AccountId: accountID})
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	claims.card(scopes, card)
	return nil
}
