package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// GrantView is a live grant with its client.
type GrantView struct {
	domain.OpenGrant
	Client domain.Client
}

// OpenGrants is a page of an account's live grants, the latest first, and the token of the next.
func (a *App) OpenGrants(ctx context.Context, account uuid.UUID, q paging.Query) ([]GrantView, string, error) {
	list := paging.List[paging.Moment]{Keys: a.Keys, Name: "grants", Start: paging.Newest()}
	page, err := list.Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	grants, err := a.Store.OpenGrants(ctx, account, page.After, page.Limit(), a.Now())
	if err != nil {
		return nil, "", err
	}
	grants, next, err := paging.Cut(page, grants, func(g domain.OpenGrant) paging.Moment {
		return paging.Moment{Time: g.IssueTime, ID: g.ID}
	})
	if err != nil {
		return nil, "", err
	}
	out := make([]GrantView, len(grants))
	for i, g := range grants {
		out[i].OpenGrant = g
		if out[i].Client, err = a.site(ctx, g.ClientID); err != nil {
			return nil, "", err
		}
	}
	return out, next, nil
}

// EndGrant revokes one of an account's grants; one that was revoked stays so.
func (a *App) EndGrant(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		g, found, err := tx.LockGrant(ctx, id)
		if err != nil {
			return err
		}
		if !found || g.AccountID != account {
			return domain.ErrNoGrant()
		}
		revoked, err := tx.Revoke(ctx, id, a.Now())
		if err != nil || !revoked {
			return err
		}
		return tellRevoked(ctx, tx, []domain.Grant{g}, causeEnded)
	})
}
