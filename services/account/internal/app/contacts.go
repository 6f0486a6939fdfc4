package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// ContactShown is a contact of an account with what is to become of it. Unless it is Proven it is on its way there.
type ContactShown struct {
	ID uuid.UUID
	domain.Identifier
	Proven bool
	// EffectiveTime is zero unless it is proven and waits to be the account's.
	EffectiveTime time.Time
	// CodeExpireTime and ResendTime are of one that is not proven.
	CodeExpireTime, ResendTime time.Time
	// RemovalTime is when it is removed, DetachTime when it is taken for somebody else; zero: it stays.
	RemovalTime, DetachTime time.Time
	// ChangeWaits: it does not go at once.
	ChangeWaits bool
}

// ListContacts is a page of the contacts of an account and of those on their way, the phone before the email, and the token of
// the next.
func (a *App) ListContacts(ctx context.Context, account uuid.UUID, q paging.Query) ([]ContactShown, string, error) {
	page, err := a.list("contacts").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	all, err := a.contacts(ctx, a.Store, account)
	if err != nil {
		return nil, "", err
	}
	slices.SortFunc(all, func(a, b ContactShown) int { return strings.Compare(a.position(), b.position()) })
	return paging.Rest(page, all, ContactShown.position)
}

// position puts what the account has before what it is to have, and the phone before the email.
func (c ContactShown) position() string {
	place := 0
	if !c.Proven {
		place += 2
	}
	if c.Kind == domain.Email {
		place++
	}
	return strconv.Itoa(place) + c.ID.String()
}

// contactsReader is the store, or a transaction.
type contactsReader interface {
	reader
	Account(ctx context.Context, id uuid.UUID) (domain.Account, error)
	OpenContactChanges(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.ContactChange, error)
	WaitingClaims(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.ContactClaim, error)
}

// ownContact is one of the account's contacts, as it is shown.
func (a *App) ownContact(ctx context.Context, r contactsReader, account, id uuid.UUID) (ContactShown, error) {
	all, err := a.contacts(ctx, r, account)
	if i := slices.IndexFunc(all, func(c ContactShown) bool { return c.ID == id }); i >= 0 {
		return all[i], err
	}
	return ContactShown{}, cmp.Or(err, domain.NoContact())
}

func (a *App) contacts(ctx context.Context, r contactsReader, account uuid.UUID) ([]ContactShown, error) {
	contacts, err := r.OwnContacts(ctx, account)
	if err != nil {
		return nil, err
	}
	changes, err := r.OpenContactChanges(ctx, account, a.Now())
	if err != nil {
		return nil, err
	}
	claims, err := r.WaitingClaims(ctx, account, a.Now())
	if err != nil {
		return nil, err
	}
	holder, err := r.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	var out []ContactShown
	for _, c := range contacts {
		shown := provenContact(c, changes, claims)
		shown.ChangeWaits = a.ContactPolicy.Wait(holder.Level, c, contacts.Staying(c.ID, changes, claims)) > 0
		out = append(out, shown)
	}
	for _, c := range changes {
		if !c.Removal() {
			out = append(out, changingContact(c))
		}
	}
	return out, nil
}

func provenContact(c domain.Contact, changes []domain.ContactChange, claims []domain.ContactClaim) ContactShown {
	out := ContactShown{ID: c.ID, Identifier: c.Identifier, Proven: true}
	for _, change := range changes {
		if change.Removal() && change.OldID == c.ID {
			out.RemovalTime = change.EffectiveTime
		}
	}
	for _, claim := range claims {
		if claim.IsOf(c) && (out.DetachTime.IsZero() || claim.EffectiveTime.Before(out.DetachTime)) {
			out.DetachTime = claim.EffectiveTime
		}
	}
	return out
}

func changingContact(c domain.ContactChange) ContactShown {
	out := ContactShown{ID: c.ID, Identifier: c.New, EffectiveTime: c.EffectiveTime}
	if c.State == domain.Unproven {
		out.CodeExpireTime, out.ResendTime = c.CodeExpireTime, c.ResendTime
	}
	return out
}
