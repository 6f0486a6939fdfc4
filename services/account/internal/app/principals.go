package app

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/paging"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// PrincipalShown is who trusts a person, with a contact to know them by, masked.
type PrincipalShown struct {
	domain.Trust
	Contact string
}

// ListPrincipals is a page of those who trust the account or have invited it, the earliest first, and the token of the next.
func (a *App) ListPrincipals(ctx context.Context, account uuid.UUID, q paging.Query) ([]PrincipalShown, string, error) {
	page, err := a.list("principals").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	all, err := a.Store.Principals(ctx, account, a.Now())
	if err != nil {
		return nil, "", err
	}
	slices.SortFunc(all, func(x, y domain.Trust) int { return bytes.Compare(x.ID[:], y.ID[:]) }) // ids rise with time
	part, next, err := paging.Rest(page, all, func(t domain.Trust) string { return t.ID.String() })
	if err != nil {
		return nil, "", err
	}
	shown := make([]PrincipalShown, len(part))
	for i, t := range part {
		if shown[i], err = a.principal(ctx, a.Store, t); err != nil {
			return nil, "", err
		}
	}
	return shown, next, nil
}

func (a *App) principal(ctx context.Context, r reader, t domain.Trust) (PrincipalShown, error) {
	contact, err := firstContact(ctx, r, t.PrincipalID)
	return PrincipalShown{Trust: t, Contact: contact.Masked()}, err
}

// firstContact is the account's phone, else its email address.
func firstContact(ctx context.Context, r reader, account uuid.UUID) (domain.Identifier, error) {
	own, err := r.OwnContacts(ctx, account)
	if err != nil || len(own) == 0 {
		return domain.Identifier{}, err
	}
	if phone, ok := own.Of(domain.Phone); ok {
		return phone.Identifier, nil
	}
	return own[0].Identifier, nil
}

// AcceptPrincipal makes the person of the account the trusted contact of who has invited him.
func (a *App) AcceptPrincipal(ctx context.Context, account, id uuid.UUID) (out PrincipalShown, err error) {
	found, err := a.Store.Principal(ctx, id, account, a.Now())
	if err != nil {
		return out, err
	}
	if err := a.checkAdult(ctx, account); err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockBoth(ctx, tx, found); err != nil {
			return err
		}
		now := a.Now()
		t, err := tx.Principal(ctx, id, account, now)
		if err != nil {
			return err
		}
		if !t.Active(now) {
			if t, err = accept(ctx, tx, t, now); err != nil {
				return err
			}
		}
		out, err = a.principal(ctx, tx, t)
		return err
	})
	return out, err
}

func accept(ctx context.Context, tx *store.Tx, t domain.Trust, now time.Time) (domain.Trust, error) {
	all, err := tx.Principals(ctx, t.ContactID, now)
	if err != nil {
		return t, err
	}
	if err := domain.CheckPrincipals(all, now); err != nil {
		return t, err
	}
	t = t.Accepted(now)
	if err := tx.SetTrust(ctx, t); err != nil {
		return t, err
	}
	return t, tellBoth(ctx, tx, t, eventsv1.Trust_ACTIVE)
}

// checkAdult asks profile how old the person is. A birth date counts that a registry has vouched for.
func (a *App) checkAdult(ctx context.Context, account uuid.UUID) error {
	card, err := a.Profile.GetCard(ctx, &profilev1.GetCardRequest{
		AccountId: account.String(), ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"person"}},
	})
	if err != nil {
		return err
	}
	born := card.GetPerson().GetBirthDate()
	if !slices.Contains(card.GetPerson().GetVerifiedFields().GetPaths(), "birth_date") {
		born = ""
	}
	return domain.CheckAdult(born, a.Now())
}

// lockBoth locks both accounts, in one order for all: what the contact's code is needed for, and how many the contact has, are
// decided under these locks.
func lockBoth(ctx context.Context, tx *store.Tx, t domain.Trust) error {
	both := []uuid.UUID{t.PrincipalID, t.ContactID}
	slices.SortFunc(both, func(x, y uuid.UUID) int { return bytes.Compare(x[:], y[:]) })
	for _, id := range both {
		if _, err := tx.LockAccount(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// DeletePrincipal ends, at once, that the person of the account is trusted, or declines to be.
func (a *App) DeletePrincipal(ctx context.Context, account, id uuid.UUID) error {
	found, err := a.Store.Principal(ctx, id, account, a.Now())
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, found.PrincipalID); err != nil {
			return err
		}
		now := a.Now()
		t, err := tx.Principal(ctx, id, account, now)
		if err != nil {
			return err
		}
		return endTrust(ctx, tx, t, now)
	})
}
