package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// AddContactCommand is a contact as typed.
type AddContactCommand struct {
	AccountID uuid.UUID
	Kind      domain.Kind
	Value     string
}

// AddContact sends a contact its code and stores that it waits to be proven, in this order: a refused request leaves
// nothing. Until it is proven it keeps nobody from having it.
func (a *App) AddContact(
	ctx context.Context, cmd AddContactCommand, answered idempotency.Hook[ContactShown],
) (out ContactShown, err error) {
	contact, err := a.ContactPolicy.Read(cmd.Kind, cmd.Value)
	if err != nil {
		return out, err
	}
	now := a.Now()
	c := domain.ContactChange{
		ID:        a.idOf(ctx, "contact", now, cmd.AccountID.String(), string(cmd.Kind), contact.Value),
		AccountID: cmd.AccountID, Kind: cmd.Kind, State: domain.Unproven, New: contact,
		CreateTime: now, ExpireTime: now.Add(a.ContactPolicy.Life),
	}
	if err := a.checkAddable(ctx, a.Store, c, now); err != nil {
		return out, err
	}
	if c, err = a.sendContactCode(ctx, c, firstSend); err != nil {
		return out, err
	}
	return changingContact(c), a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := a.insertUnproven(ctx, tx, c, now); err != nil {
			return err
		}
		return answered(ctx, tx, changingContact(c))
	})
}

func (a *App) insertUnproven(ctx context.Context, tx *store.Tx, c domain.ContactChange, now time.Time) error {
	if _, err := tx.LockAccount(ctx, c.AccountID); err != nil {
		return err
	}
	if err := a.checkAddable(ctx, tx, c, now); err != nil {
		return err
	}
	if err := tx.EndUnproven(ctx, c.AccountID, c.Kind); err != nil {
		return err
	}
	first, err := tx.InsertContactChange(ctx, c)
	if err == nil && !first {
		err = idempotency.ErrConflict
	}
	return err
}

// contactReader is the store, or a transaction.
type contactReader interface {
	OwnContacts(ctx context.Context, account uuid.UUID) (domain.Contacts, error)
	OpenContactChanges(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.ContactChange, error)
	CountContactChanges(ctx context.Context, account uuid.UUID, since time.Time) (int, time.Time, error)
}

// checkAddable refuses a contact that the account has, or may not add now.
func (a *App) checkAddable(ctx context.Context, s contactReader, c domain.ContactChange, now time.Time) error {
	contacts, err := s.OwnContacts(ctx, c.AccountID)
	if err != nil {
		return err
	}
	if contacts.Has(c.New) {
		return errs.New(errorsv1.Reason_CONTACT_EXISTS, "the account has the contact")
	}
	open, err := s.OpenContactChanges(ctx, c.AccountID, now)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(x domain.ContactChange) bool {
		return x.Kind == c.Kind && x.State == domain.Waiting
	}) {
		return domain.ChangeWaits()
	}
	n, first, err := s.CountContactChanges(ctx, c.AccountID, now.Add(-domain.ContactDay))
	if err != nil {
		return err
	}
	return a.ContactPolicy.CheckCount(n, first, now)
}

// sendContactCode sends the code. For a contact that another account has everything is the same, except that otp tells its
// owner and no code is right.
func (a *App) sendContactCode(ctx context.Context, c domain.ContactChange, name string) (domain.ContactChange, error) {
	owner, found, err := a.Store.Owner(ctx, c.New)
	if err != nil {
		return c, err
	}
	c.CodeExpireTime, c.ResendTime, err = a.send(ctx, codeOf(c), name, found && owner != c.AccountID)
	return c, err
}

func codeOf(c domain.ContactChange) contactCode {
	return contactCode{purpose: otpv1.Purpose_CONTACT, flow: c.ID, contact: c.New}
}

// ResendContactCode sends another code, which voids the one before. Whether the contact belongs to another account is asked
// again: it may have been claimed since.
func (a *App) ResendContactCode(
	ctx context.Context, account, id uuid.UUID, answered idempotency.Hook[ContactShown],
) (out ContactShown, err error) {
	c, err := a.Store.ContactChange(ctx, id)
	if err != nil {
		return out, err
	}
	if err := c.CheckProvable(account, a.Now()); err != nil {
		return out, err
	}
	if c, err = a.sendContactCode(ctx, c, a.callID(ctx, "resend", id.String())); err != nil {
		return out, err
	}
	return changingContact(c), a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetContactCode(ctx, c); err != nil {
			return err
		}
		return answered(ctx, tx, changingContact(c))
	})
}
