package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/idempotency"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// Resend sends a new code, which voids the previous one. Whether the contact belongs to an account is asked again: it may
// have been claimed since.
func (a *App) Resend(
	ctx context.Context, id string, answered idempotency.Hook[domain.Registration],
) (domain.Registration, error) {
	r, err := a.Store.Get(ctx, id)
	if err != nil {
		return r, err
	}
	if err := r.CheckIn(registrationv1.State_CODE_SENT, a.Now()); err != nil {
		return r, err
	}
	taken, err := a.taken(ctx, r)
	if err != nil {
		return r, err
	}
	if r, err = a.issue(ctx, r, a.callID(ctx, "resend", id), taken); err != nil {
		return r, err
	}
	return r, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetCode(ctx, r.ID, r.CodeExpireTime, r.ResendTime); err != nil {
			return err
		}
		return answered(ctx, tx, r)
	})
}

// taken says whether the contact to be proven already belongs to an account.
func (a *App) taken(ctx context.Context, r domain.Registration) (bool, error) {
	phone, email := r.Proven()
	answer, err := a.Account.LookupContact(ctx, &accountv1.LookupContactRequest{Phone: phone, Email: email})
	return answer.GetTaken(), err
}

// issue has otp send a code. For a contact that is taken everything is the same, except that otp tells its owner in place
// of sending a code.
func (a *App) issue(
	ctx context.Context, r domain.Registration, sendID string, taken bool,
) (domain.Registration, error) {
	code, err := a.OTP.IssueCode(ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: r.ID, Channel: channelOf(r), Destination: r.Destination(), Decoy: taken,
		SendId: sendID,
	})
	if err != nil {
		return r, err
	}
	r.CodeExpireTime, r.ResendTime = code.GetExpireTime().AsTime(), code.GetResendTime().AsTime()
	return r, nil
}

func channelOf(r domain.Registration) otpv1.Channel {
	return otpv1.Channel(otpv1.Channel_value[r.Channel.String()])
}
