package app

import (
	"context"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// HandOver gives a printed letter to the post and deletes the printed form. A letter that has been voided has none.
// Repeated after a crash, it has no second effect: the post recognises the letter by its id.
func (a *App) HandOver(ctx context.Context, id uuid.UUID) error {
	printed, found, err := a.Store.Print(ctx, id)
	if err != nil || !found {
		return err
	}
	l, err := a.Store.Letter(ctx, id)
	if err != nil {
		return err
	}
	if err := a.advance(ctx, id, confirmationv1.LetterState_PRINTED, false); err != nil {
		return err
	}
	parcel, err := a.parcel(ctx, l, printed)
	if err != nil {
		return err
	}
	if err := a.Post.HandOver(ctx, parcel); err != nil {
		return err
	}
	return a.advance(ctx, id, confirmationv1.LetterState_HANDED_OVER, true)
}

func (a *App) parcel(ctx context.Context, l store.Letter, p letter.Printed) (Parcel, error) {
	contacts, err := a.Account.GetContacts(ctx, &accountv1.GetContactsRequest{AccountId: l.AccountID.String()})
	if err != nil {
		return Parcel{}, err
	}
	parcel := Parcel{
		LetterID: l.ID, TrackingNumber: l.TrackingNumber, Addressee: l.Addressee, Address: l.Address,
		PDF: p.PDF, Text: p.Text,
	}
	for _, c := range []string{contacts.GetPhone(), contacts.GetEmail()} {
		if c != "" {
			parcel.Contacts = append(parcel.Contacts, c)
		}
	}
	return parcel, nil
}

// advance moves the letter in a transaction of its own; wipe also deletes the printed form.
func (a *App) advance(ctx context.Context, id uuid.UUID, to domain.State, wipe bool) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if wipe {
			if err := tx.WipePrint(ctx, id); err != nil {
				return err
			}
		}
		return move(ctx, tx, id, to)
	})
}
