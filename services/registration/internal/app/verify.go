package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

const methodVerify = "VerifyCode"

// VerifyCommand is the proof of the contact: the code of an SMS, or the token of an e-mail's link.
type VerifyCommand struct{ RegistrationID, Code, Token string }

// Verified is the right to set the password. The token is a plain string because it is remembered (encrypted)
// for repeated requests.
type Verified struct{ CompletionToken string }

// Verify has otp judge the proof and makes the completion token. If we crash in between, the repeated request
// is recognised by otp, which says once more that the proof was right.
func (a *App) Verify(ctx context.Context, cmd VerifyCommand) (Verified, error) {
	var out Verified
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), methodVerify, cmd, &out); found || err != nil {
		return out, err
	}
	r, err := a.Store.Get(ctx, cmd.RegistrationID)
	if err != nil {
		return out, err
	}
	if err := a.prove(ctx, r, cmd); err != nil {
		return out, a.Answers.OrTwin(ctx, a.Store.Pool(), methodVerify, cmd, &out, err)
	}
	out.CompletionToken = secret.NewToken().Reveal()
	err = a.once(ctx, methodVerify, cmd, &out, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Lock(ctx, cmd.RegistrationID)
		if err != nil {
			return err
		}
		if err := r.CheckIn(domain.CodeSent, a.Now()); err != nil {
			return err
		}
		return tx.SetVerified(ctx, r.ID, secret.HashToken(out.CompletionToken))
	})
	return out, err
}

func (a *App) prove(ctx context.Context, r domain.Registration, cmd VerifyCommand) error {
	if err := r.CheckIn(domain.CodeSent, a.Now()); err != nil {
		return err
	}
	proof, err := r.Proof(cmd.Code, cmd.Token)
	if err != nil {
		return err
	}
	_, err = a.OTP.VerifyCode(ctx, &otpv1.VerifyCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: r.ID, Channel: channelOf(r), Destination: r.Destination(), Code: proof,
	})
	if r.Channel == domain.Email {
		err = linkInvalid(err)
	}
	return err
}

// linkInvalid is the one answer to every link that is no good: a person can only ask for another, and nobody types
// its token, so that attempts left would be no news.
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
