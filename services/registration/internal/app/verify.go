package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// VerifyCommand is the proof of the contact: the code of an SMS, or the token of an e-mail's link.
type VerifyCommand struct{ RegistrationID, Code, Token string }

// Verified is the right to set the password.
type Verified struct{ CompletionToken secret.String }

// Verify has otp check the proof and makes the completion token. After a crash in between, otp knows the repeated attempt
// and says once more that the proof was right.
func (a *App) Verify(ctx context.Context, cmd VerifyCommand, answered idempotency.Hook[Verified]) (Verified, error) {
	r, err := a.Store.Get(ctx, cmd.RegistrationID)
	if err != nil {
		return Verified{}, err
	}
	if err := a.prove(ctx, r, cmd); err != nil {
		return Verified{}, err
	}
	out := Verified{CompletionToken: secret.NewToken()}
	return out, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Lock(ctx, cmd.RegistrationID)
		if err != nil {
			return err
		}
		if err := r.CheckIn(registrationv1.State_CODE_SENT, a.Now()); err != nil {
			return err
		}
		if err := tx.SetVerified(ctx, r.ID, secret.HashToken(out.CompletionToken.Reveal())); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
}

// CheckCompletable refuses once the completion token is good for nothing any more: a repeated request must not get it as
// if it were.
func (a *App) CheckCompletable(ctx context.Context, id string) error {
	r, err := a.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	return r.CheckIn(registrationv1.State_CONTACT_VERIFIED, a.Now())
}

func (a *App) prove(ctx context.Context, r domain.Registration, cmd VerifyCommand) error {
	if err := r.CheckIn(registrationv1.State_CODE_SENT, a.Now()); err != nil {
		return err
	}
	proof, err := r.Proof(cmd.Code, cmd.Token)
	if err != nil {
		return err
	}
	_, err = a.OTP.VerifyCode(ctx, &otpv1.VerifyCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: r.ID, Channel: channelOf(r), Destination: r.Destination(), Code: proof,
		AttemptId: a.callID(ctx, "attempt", proof),
	})
	if r.Channel == registrationv1.Channel_EMAIL {
		err = linkInvalid(err)
	}
	return err
}

// linkInvalid is the one answer to every link that is not valid: a person can only ask for another, and since nobody
// types its token, the attempts left would tell nothing.
func linkInvalid(err error) error {
	for _, reason := range []errs.Reason{
		errorsv1.Reason_CODE_WRONG, errorsv1.Reason_CODE_EXPIRED, errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED,
	} {
		if errs.Is(err, reason) {
			return errs.Wrap(err, errs.Unprocessable, errorsv1.Reason_LINK_INVALID, "the link is not valid: ask for a new one")
		}
	}
	return err
}
