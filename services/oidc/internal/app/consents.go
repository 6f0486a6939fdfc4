package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// ConsentView is what a person has agreed to for a client, and what it got.
type ConsentView struct {
	domain.StoredConsent
	Client   domain.Client
	Releases domain.Releases
}

// Claims are those that the consent gives, and others that the client got of late.
func (v ConsentView) Claims() []string {
	claims := domain.ClaimsOf(v.Scopes)
	for _, claim := range v.Releases.Claims() {
		if !slices.Contains(claims, claim) {
			claims = append(claims, claim)
		}
	}
	return claims
}

// Consents is a page of what a person has agreed to, the latest first, and the token of the next.
func (a *App) Consents(ctx context.Context, account uuid.UUID, q paging.Query) ([]ConsentView, string, error) {
	list := paging.List[domain.ConsentAt]{Keys: a.Keys, Name: "consents", Start: domain.NewestConsent()}
	page, err := list.Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	stored, err := a.Store.Consents(ctx, account, page.After, page.Limit())
	if err != nil {
		return nil, "", err
	}
	stored, next, err := paging.Cut(page, stored, func(c domain.StoredConsent) domain.ConsentAt {
		return domain.ConsentAt{Time: c.AgreeTime, ClientID: c.ClientID}
	})
	if err != nil {
		return nil, "", err
	}
	views, err := a.consentViews(ctx, account, stored)
	return views, next, err
}

func (a *App) consentViews(ctx context.Context, account uuid.UUID, stored []domain.StoredConsent) ([]ConsentView, error) {
	limited, err := a.Store.Limited(ctx, account)
	if err != nil {
		return nil, err
	}
	clients := make([]string, len(stored))
	for i, c := range stored {
		clients[i] = c.ClientID
	}
	released, err := a.Store.Releases(ctx, account, clients, domain.KnownSince(a.Now()))
	if err != nil {
		return nil, err
	}
	out := make([]ConsentView, len(stored))
	for i, c := range stored {
		c.Limited = limited
		out[i] = ConsentView{StoredConsent: c, Releases: released[c.ClientID]}
		if out[i].Client, err = a.site(ctx, c.ClientID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// site is a client as its person is shown it; of one that is no more only the id is left.
func (a *App) site(ctx context.Context, clientID string) (domain.Client, error) {
	c, found, err := a.client(ctx, clientID)
	if err == nil && !found {
		c = domain.Client{ID: clientID}
	}
	return c, err
}

// WithdrawConsent takes back what a person has agreed to for a client, and what was issued for it. A code that was not redeemed yet
// gives nothing any more.
func (a *App) WithdrawConsent(ctx context.Context, account uuid.UUID, clientID string) error {
	if !domain.ValidClientID(clientID) {
		return domain.ErrNoConsent()
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockPerson(ctx, account); err != nil {
			return err
		}
		known, err := tx.ConsentKnown(ctx, account, clientID)
		if err != nil {
			return err
		}
		if !known {
			return domain.ErrNoConsent()
		}
		return a.withdraw(ctx, tx, account, clientID)
	})
}

func (a *App) withdraw(ctx context.Context, tx *store.Tx, account uuid.UUID, clientID string) error {
	now := a.Now()
	withdrawn, err := tx.WithdrawConsent(ctx, account, clientID, now)
	if err != nil {
		return err
	}
	grants, err := tx.RevokeByConsent(ctx, account, clientID, now)
	if err != nil {
		return err
	}
	if err := tellRevoked(ctx, tx, grants, causeWithdrawn); err != nil || !withdrawn {
		return err
	}
	return tx.Emit(ctx, account.String(), &eventsv1.ConsentWithdrawn{AccountId: account.String(), ClientId: clientID})
}

// LimitAccess keeps whether a person gives third parties nothing that they can do without, unless a later word is known. What they
// have of offline access ends with it.
func (a *App) LimitAccess(ctx context.Context, accountID string, access accountv1.ThirdPartyAccess, version int64) error {
	account, err := uuid.Parse(accountID)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); err != nil || !first {
			return err
		}
		if err := tx.LockPerson(ctx, account); err != nil {
			return err
		}
		limited := access == accountv1.ThirdPartyAccess_REQUIRED_ONLY
		last, err := tx.PutLimit(ctx, account, limited, version)
		if err != nil || !last || !limited {
			return err
		}
		grants, err := tx.RevokeOffline(ctx, account, a.Now())
		if err != nil {
			return err
		}
		return tellRevoked(ctx, tx, grants, causeLimited)
	})
}
