package app

import (
	"context"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

const methodResend = "ResendCode"

// Resend sends a new code, which voids the one before. Who owns the contact is asked again: he may have
// become its owner since.
func (a *App) Resend(ctx context.Context, id string) (domain.Registration, error) {
	done := struct{}{}
	repeated, err := a.Answers.Recall(ctx, a.Store.Pool(), methodResend, id, &done)
	if err != nil {
		return domain.Registration{}, err
	}
	r, err := a.Store.Get(ctx, id)
	if repeated || err != nil {
		return r, err
	}
	if err := r.CheckIn(domain.CodeSent, a.Now()); err != nil {
		return r, err
	}
	taken, err := a.taken(ctx, r)
	if err != nil {
		return r, err
	}
	if r, err = a.issue(ctx, r, taken); err != nil {
		return r, err
	}
	return r, a.once(ctx, methodResend, id, &done, func(ctx context.Context, tx *store.Tx) error {
		return noteCode(ctx, tx, r)
	})
}

// taken says whether the contact to be proven already belongs to an account.
func (a *App) taken(ctx context.Context, r domain.Registration) (bool, error) {
	phone, email := r.Proven()
	answer, err := a.Account.LookupContact(ctx, &accountv1.LookupContactRequest{Phone: phone, Email: email})
	return answer.GetTaken(), err
}

// issue has otp send a code. For a contact that is taken everything is the same, except that otp tells its
// owner in place of sending a code.
func (a *App) issue(ctx context.Context, r domain.Registration, taken bool) (domain.Registration, error) {
	code, err := a.OTP.IssueCode(ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: r.ID, Channel: channelOf(r), Destination: r.Destination(), Decoy: taken,
	})
	if err != nil {
		return r, err
	}
	r.CodeExpireTime, r.ResendTime = code.GetExpireTime().AsTime(), code.GetResendTime().AsTime()
	return r, nil
}

// noteCode keeps how long the code lives; the first one makes the sign-up known.
func noteCode(ctx context.Context, tx *store.Tx, r domain.Registration) error {
	before, err := tx.Lock(ctx, r.ID)
	if err != nil {
		return err
	}
	if err := tx.SetCode(ctx, r.ID, r.CodeExpireTime, r.ResendTime); err != nil || !before.CodeExpireTime.IsZero() {
		return err
	}
	return tx.Emit(ctx, r.ID, &eventsv1.RegistrationStarted{RegistrationId: r.ID})
}

func channelOf(r domain.Registration) otpv1.Channel {
	return otpv1.Channel(otpv1.Channel_value[string(r.Channel)])
}
