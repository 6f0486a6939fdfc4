package app

import (
	"context"
	"math"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// Card is what is known about a person, as far as it was asked for; nil is what was not.
type Card struct {
	Person    *View[domain.Person]
	Documents []View[domain.Document]
	Addresses []domain.Versioned[domain.Address]
	Contacts  domain.Contacts
}

// GetCard reads and opens those parts of a card that are asked for.
func (a *App) GetCard(ctx context.Context, account uuid.UUID, parts domain.CardParts) (c Card, err error) {
	row, err := a.Store.Card(ctx, account, parts)
	if err != nil {
		return c, err
	}
	c.Contacts = row.Contacts
	if parts.Person {
		person := personView(row.Person, row.Live)
		c.Person = &person
	}
	if parts.Documents {
		if c.Documents, err = a.documents(ctx, account, uuid.Nil, math.MaxInt32); err != nil {
			return c, err
		}
	}
	if parts.Addresses {
		c.Addresses, err = a.Store.Addresses(ctx, account, uuid.Nil, math.MaxInt32)
	}
	return c, err
}

// PutCommand is the card as sign-up knows it.
type PutCommand struct {
	Account      uuid.UUID
	Edit         domain.Edit
	Phone, Email string
}

// PutCard writes the card of an account that is being created, and may be repeated until the person edits it: a late
// repetition by sign-up must not undo that.
func (a *App) PutCard(ctx context.Context, cmd PutCommand) error {
	person, err := domain.Person{}.Apply(cmd.Edit, a.rules())
	if err != nil {
		return err
	}
	contacts, err := domain.ParseContacts(cmd.Phone, cmd.Email)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		written, err := tx.PutPerson(ctx, cmd.Account, person, contacts, a.Now())
		if err != nil || !written {
			return err
		}
		return tx.Emit(ctx, cmd.Account.String(), &eventsv1.PersonChanged{AccountId: cmd.Account.String()})
	})
}

// RemoveCard removes the card of a sign-up that came to nothing. A sign-up may end after its account was made
// and before it knew: then the card stays.
func (a *App) RemoveCard(ctx context.Context, account uuid.UUID) error {
	_, err := a.Account.GetAccount(ctx, &accountv1.GetAccountRequest{AccountId: account.String()})
	exists := err == nil
	if err != nil && !errs.Is(err, errorsv1.Reason_ACCOUNT_NOT_FOUND) {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first || exists {
			return err
		}
		removed, err := tx.DeleteCard(ctx, account)
		if err != nil || !removed {
			return err
		}
		return tx.Emit(ctx, account.String(), &eventsv1.CardRemoved{AccountId: account.String()})
	})
}

// DropContact forgets the phone, or else the e-mail address, that sign-up left unproven: the account has proven one since.
func (a *App) DropContact(ctx context.Context, account uuid.UUID, phone bool) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first || err != nil {
			return err
		}
		contacts, err := tx.LockContacts(ctx, account)
		if errs.Is(err, errorsv1.Reason_NOT_FOUND) { // an account of nobody's card
			return nil
		}
		if err != nil {
			return err
		}
		if phone {
			contacts.Phone = ""
		} else {
			contacts.Email = ""
		}
		return tx.SetContacts(ctx, account, contacts)
	})
}
