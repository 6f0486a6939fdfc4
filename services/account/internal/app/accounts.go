package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Contacts are where, and in which language, to write to a person; either may be empty.
type Contacts struct{ Phone, Email, Language string }

// Account reads an account.
func (a *App) Account(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	return a.Store.Account(ctx, id)
}

// Contacts gives the proven contacts of an account.
func (a *App) Contacts(ctx context.Context, id uuid.UUID) (Contacts, error) {
	account, err := a.Store.Account(ctx, id)
	if err != nil {
		return Contacts{}, err
	}
	phone, email, err := a.Store.Contacts(ctx, id)
	return Contacts{Phone: phone, Email: email, Language: account.Language}, err
}

// Taken says whether one of the contacts belongs to an account.
func (a *App) Taken(ctx context.Context, phone, email string) (bool, error) {
	contacts, err := parseContacts(phone, email)
	if err != nil {
		return false, err
	}
	if len(contacts) == 0 {
		return false, noContact()
	}
	for _, c := range contacts {
		if _, found, err := a.Store.Owner(ctx, c); found || err != nil {
			return found, err
		}
	}
	return false, nil
}
