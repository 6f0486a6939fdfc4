package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// LoggedRequests is a page of what a client asked in the last seven days, newest first, and the token of the next page.
func (a *App) LoggedRequests(
	ctx context.Context, clientID string, q paging.Query,
) (list []domain.LoggedRequest, next string, err error) {
	page, err := paging.List[paging.Moment]{Keys: a.Keys, Name: "client requests", Start: paging.Newest()}.Page(clientID, q)
	if err != nil {
		return nil, "", err
	}
	if list, err = a.Store.LoggedRequests(ctx, clientID, page.After, page.Limit()); err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(r domain.LoggedRequest) paging.Moment {
		return paging.Moment{Time: r.Time, ID: r.ID}
	})
}

// TokenClient names the client that an access token was issued to, live or not; false: it is no token of ours.
func (a *App) TokenClient(token string) (string, bool) {
	known, err := a.checkAccess(token, a.Now())
	return known.client, err == nil
}

// Pages are how the addresses of the pages begin that a person is led to: the interaction's and the one that signs out.
func (a *App) Pages() []string { return []string{a.Issuer + "/interactions/", a.Issuer + "/sign-out"} }
