package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// VerifyContactCommand is the code of a contact.
type VerifyContactCommand struct {
	AccountID, ContactID uuid.UUID
	Code                 string
}

// VerifyContact has otp compare the code, and makes the contact the account's, or lets it wait. After a crash in between,
// otp knows the repeated attempt and says once more that the code was right.
func (a *App) VerifyContact(
	ctx context.Context, cmd VerifyContactCommand, answered idempotency.Hook[ContactShown],
) (out ContactShown, err error) {
	c, err := a.Store.ContactChange(ctx, cmd.ContactID)
	if err != nil {
		return out, err
	}
	if err := c.CheckProvable(cmd.AccountID, a.Now()); err != nil {
		return out, err
	}
	if err := a.verify(ctx, codeOf(c), cmd.Code); err != nil {
		return out, err
	}
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if out, err = a.prove(ctx, tx, c.AccountID, c.ID); err == nil {
			return answered(ctx, tx, out)
		}
		if errs.Is(err, errorsv1.Reason_CONTACT_TAKEN) { // that the change has failed is stored
			refusal, err = err, nil
		}
		return err
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

// prove makes a proven contact the account's, at once or after the wait.
func (a *App) prove(ctx context.Context, tx *store.Tx, accountID, id uuid.UUID) (out ContactShown, err error) {
	now := a.Now()
	account, c, err := lockChange(ctx, tx, accountID, id)
	if err != nil {
		return out, err
	}
	if err := c.CheckProvable(account.ID, now); err != nil {
		return out, err
	}
	contacts, err := tx.OwnContacts(ctx, account.ID)
	if err != nil {
		return out, err
	}
	old, replaces := contacts.Of(c.Kind)
	if replaces {
		c = c.Replaces(old)
	}
	wait, err := a.waitOf(ctx, tx, account, old)
	if err != nil {
		return out, err
	}
	if wait > 0 {
		c = c.WaitingUntil(now.Add(wait), a.stopHash(stopChange, c.ID))
		if err := tx.UpdateContactChange(ctx, c); err != nil {
			return out, err
		}
		return changingContact(c), a.announce(ctx, tx, c)
	}
	if err := a.takeEffect(ctx, tx, c); err != nil {
		return out, err
	}
	return a.ownContact(ctx, tx, account.ID, c.ID)
}

// lockChange locks an account and reads one of its changes: whatever becomes of an account's contacts is decided in turn.
func lockChange(ctx context.Context, tx *store.Tx, account, id uuid.UUID) (domain.Account, domain.ContactChange, error) {
	locked, err := tx.LockAccount(ctx, account)
	if err != nil {
		return locked, domain.ContactChange{}, err
	}
	c, err := tx.ContactChange(ctx, id)
	return locked, c, err
}

// announce tells of a change that waits, and has it take effect in time.
func (a *App) announce(ctx context.Context, tx *store.Tx, c domain.ContactChange) error {
	if err := tx.Enqueue(ctx, TellContactJob{ChangeID: c.ID}, nil); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, ContactJob{ChangeID: c.ID}, &river.InsertOpts{ScheduledAt: c.EffectiveTime}); err != nil {
		return err
	}
	return tx.Emit(ctx, c.AccountID.String(), &eventsv1.ContactChangeRequested{
		AccountId: c.AccountID.String(), ContactId: c.ContactID().String(), Kind: KindOf(c.Kind), Removal: c.Removal(),
		EffectiveTime: timestamppb.New(c.EffectiveTime),
	})
}

// putIntoPlace removes the old contact, or has the new one take its place.
func (a *App) putIntoPlace(ctx context.Context, tx *store.Tx, c domain.ContactChange) error {
	if c.Removal() {
		_, err := tx.Remove(ctx, c.AccountID, c.OldID)
		return err
	}
	free, err := tx.Replace(ctx, c.AccountID, c.OldID, domain.Contact{ID: c.ID, Identifier: c.New, AddTime: a.Now()})
	if err != nil || free {
		return err
	}
	if err := tx.UpdateContactChange(ctx, c.Ended(domain.Failed)); err != nil {
		return err
	}
	return domain.TakenMeanwhile()
}

// takeEffect makes the change. One whose contact another account has claimed meanwhile has failed: CONTACT_TAKEN, which the
// caller commits.
func (a *App) takeEffect(ctx context.Context, tx *store.Tx, c domain.ContactChange) error {
	if err := a.putIntoPlace(ctx, tx, c); err != nil {
		return err
	}
	if c.OldID != uuid.Nil {
		if err := tx.Enqueue(ctx, TellContactJob{ChangeID: c.ID}, nil); err != nil {
			return err
		}
	}
	if err := tx.UpdateContactChange(ctx, c.Ended(domain.Effective)); err != nil {
		return err
	}
	return tx.Emit(ctx, c.AccountID.String(), effectOf(c))
}

// effectOf is the event of a change that has taken effect.
func effectOf(c domain.ContactChange) proto.Message {
	account, id, kind := c.AccountID.String(), c.ContactID().String(), KindOf(c.Kind)
	switch {
	case c.Removal():
		return &eventsv1.ContactRemoved{AccountId: account, ContactId: id, Kind: kind}
	case c.OldID == uuid.Nil:
		return &eventsv1.ContactAdded{AccountId: account, ContactId: id, Kind: kind}
	}
	return &eventsv1.ContactChanged{AccountId: account, ContactId: id, Kind: kind}
}

// KindOf is a contact's kind as the contract has it.
func KindOf(k domain.Kind) accountv1.ContactKind {
	if k == domain.Email {
		return accountv1.ContactKind_EMAIL
	}
	return accountv1.ContactKind_PHONE
}

// ContactDue lets a change that has waited take effect. One that cannot, for it would leave the account without contacts or
// another account has the contact, is given up, and its person told that all is as it was.
func (a *App) ContactDue(ctx context.Context, id uuid.UUID) error {
	c, err := a.Store.ContactChange(ctx, id)
	if errs.Is(err, errorsv1.Reason_CONTACT_NOT_FOUND) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, c, err := lockChange(ctx, tx, c.AccountID, c.ID)
		if err != nil || c.State != domain.Waiting {
			return err
		}
		if c.Removal() {
			err = checkRemovable(ctx, tx, c)
		}
		if err == nil {
			err = a.takeEffect(ctx, tx, c)
		}
		if isRefusal(err) {
			err = stop(ctx, tx, c, domain.Failed)
		}
		return err
	})
}

// isRefusal says whether what is wrong is that the change may not be.
func isRefusal(err error) bool {
	return errs.Is(err, errorsv1.Reason_CONTACT_TAKEN) || errs.Is(err, errorsv1.Reason_CONTACT_LAST) ||
		errs.Is(err, errorsv1.Reason_CONTACT_IN_USE)
}

// stop ends a change that waited.
func stop(ctx context.Context, tx *store.Tx, c domain.ContactChange, as domain.ContactState) error {
	if err := tx.UpdateContactChange(ctx, c.Ended(as)); err != nil {
		return err
	}
	return tx.Emit(ctx, c.AccountID.String(), &eventsv1.ContactChangeCancelled{
		AccountId: c.AccountID.String(), ContactId: c.ContactID().String(), Kind: KindOf(c.Kind),
	})
}

// until is a day as templates take it.
func until(t time.Time) string { return t.In(identifiers.Moscow()).Format(time.DateOnly) }
