package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// CompleteCommand sets the password.
type CompleteCommand struct {
	RegistrationID, CompletionToken string
	Password                        secret.String
}

// Completed is the new account.
type Completed struct{ AccountID string }

// Complete creates the account: first the card, then the account under the same id, which claims the contact. Each step
// may be repeated, so whoever lost the answer asks again, with the same password. A password that is refused costs nothing.
func (a *App) Complete(ctx context.Context, cmd CompleteCommand) (Completed, error) {
	r, err := a.claim(ctx, cmd)
	if err != nil {
		return Completed{}, err
	}
	err = a.createAccount(ctx, r, cmd.Password)
	switch {
	case errs.Is(err, errorsv1.Reason_CONTACT_TAKEN):
		return Completed{}, a.fail(ctx, r.ID)
	case errs.Is(err, errorsv1.Reason_SIGN_IN_FAILED):
		return Completed{}, a.wrongPassword(ctx, r.ID)
	case err != nil:
		return Completed{}, err
	}
	return Completed{AccountID: r.AccountID.String()}, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Lock(ctx, r.ID)
		if err != nil {
			return err
		}
		if !r.MayRepeatPassword() {
			return domain.WrongState()
		}
		return a.finish(ctx, tx, r)
	})
}

// wrongPassword refuses to complete a sign-up again with another password than its account's, and counts it: the completion
// token is no way to guess the password. Whether a right one is told is decided under the same lock.
func (a *App) wrongPassword(ctx context.Context, id string) error {
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Lock(ctx, id)
		if err != nil || !r.MayRepeatPassword() {
			return err
		}
		return tx.CountWrongPassword(ctx, id)
	})
	if err != nil {
		return err
	}
	return domain.WrongState()
}

// claim lets only the holder of the completion token go on, and keeps the purge away while the account is created.
func (a *App) claim(ctx context.Context, cmd CompleteCommand) (domain.Registration, error) {
	var r domain.Registration
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if r, err = tx.Lock(ctx, cmd.RegistrationID); err != nil {
			return err
		}
		if !secret.Equal(r.TokenHash, secret.HashToken(cmd.CompletionToken)) {
			return errs.New(errorsv1.Reason_COMPLETION_TOKEN_INVALID, "the contact was not proven with this token")
		}
		now := a.Now()
		if r.State == registrationv1.State_COMPLETED {
			if !r.MayRepeatPassword() {
				return domain.WrongState()
			}
			return nil
		}
		if err := r.CheckIn(registrationv1.State_CONTACT_VERIFIED, now); err != nil {
			return err
		}
		if until := now.Add(a.Policy.CompletionTime); r.ExpireTime.Before(until) {
			return tx.SetExpiry(ctx, r.ID, until)
		}
		return nil
	})
	return r, err
}

// createAccount puts the card and creates the account. Where both exist, the password must be the account's
// (SIGN_IN_FAILED): one that was completed has no card any more.
func (a *App) createAccount(ctx context.Context, r domain.Registration, password secret.String) error {
	if r.HasCard() {
		if err := a.putCard(ctx, r); err != nil {
			return err
		}
	}
	phone, email := r.Proven()
	_, err := a.Account.CreateAccount(ctx, &accountv1.CreateAccountRequest{
		AccountId: r.AccountID.String(), Phone: phone, Email: email,
		Password: password.Reveal(), PasswordContext: r.Card.Words(), Language: r.Card.Language,
	})
	return err
}

func (a *App) putCard(ctx context.Context, r domain.Registration) error {
	unprovenPhone, unprovenEmail := r.Unproven()
	_, err := a.Profile.PutCard(ctx, &profilev1.PutCardRequest{
		AccountId: r.AccountID.String(),
		Person: &profilev1.Person{
			LastName: r.Card.LastName, FirstName: r.Card.FirstName, MiddleName: r.Card.MiddleName,
		},
		UnprovenPhone: unprovenPhone, UnprovenEmail: unprovenEmail,
	})
	return err
}

// finish ends the sign-up with an account, however late that is known; only one that was purged cannot be finished.
// The account's event may have finished it already.
func (a *App) finish(ctx context.Context, tx *store.Tx, r domain.Registration) error {
	if r.State == registrationv1.State_COMPLETED {
		return nil
	}
	if r.State != registrationv1.State_CONTACT_VERIFIED {
		return r.CheckIn(registrationv1.State_CONTACT_VERIFIED, a.Now())
	}
	if err := tx.End(ctx, r.ID, registrationv1.State_COMPLETED); err != nil {
		return err
	}
	return tx.Emit(ctx, r.ID, &eventsv1.RegistrationCompleted{RegistrationId: r.ID, AccountId: r.AccountID.String()})
}

// fail ends a sign-up whose contact somebody else has claimed meanwhile; the event has profile remove the card.
func (a *App) fail(ctx context.Context, id string) error {
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Lock(ctx, id)
		if err != nil || r.State != registrationv1.State_CONTACT_VERIFIED {
			return err
		}
		if err := tx.End(ctx, id, registrationv1.State_EXPIRED); err != nil {
			return err
		}
		return tx.Emit(ctx, id, &eventsv1.RegistrationFailed{RegistrationId: id, AccountId: r.AccountID.String()})
	})
	if err != nil {
		return err
	}
	return errs.New(errorsv1.Reason_CONTACT_TAKEN, "the contact belongs to another account: sign in")
}

// AccountCreated finishes a sign-up that was interrupted after its account was created.
func (a *App) AccountCreated(ctx context.Context, accountID uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first || err != nil {
			return err
		}
		r, err := tx.LockOfAccount(ctx, accountID)
		if errs.Is(err, errorsv1.Reason_REGISTRATION_NOT_FOUND) {
			return nil
		}
		if err != nil {
			return err
		}
		return a.finish(ctx, tx, r)
	})
}
