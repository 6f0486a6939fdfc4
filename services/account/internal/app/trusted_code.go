package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// trustedCode is the code that goes to the trusted contact's phone, else to the email address, as they are now. Its flow is the sign-in:
// it serves no other one, of whomever.
func (a *App) trustedCode(ctx context.Context, r reader, in domain.SignIn) (contactCode, domain.Trust, error) {
	out := contactCode{purpose: otpv1.Purpose_TRUSTED_CONTACT, flow: in.ID}
	now := a.Now()
	t, _, err := r.TrustedContact(ctx, in.AccountID, now)
	if err != nil {
		return out, t, err
	}
	if !t.Active(now) {
		return out, t, domain.StepNotOpen()
	}
	out.contact, err = firstContact(ctx, r, t.ContactID)
	return out, t, err
}

// showTrusted says where the code goes. Only who has proven the first step sees it.
func (a *App) showTrusted(ctx context.Context, r reader, in domain.SignIn) (out OpenStep, err error) {
	out.Kind, out.CodeExpireTime = accountv1.StepKind_TRUSTED_CONTACT, in.CodeExpireTime
	code, t, err := a.trustedCode(ctx, r, in)
	if !t.Active(a.Now()) {
		return out, nil // it has ended meanwhile; who asks for the code is refused
	}
	if err == nil {
		out.Destination = code.contact.Masked()
	}
	return out, err
}

// sendTrusted sends the code in a step-up.
func (a *App) sendTrusted(ctx context.Context, in domain.SignIn) (out factors.Sent, err error) {
	code, _, err := a.trustedCode(ctx, a.Store, in)
	if err != nil {
		return out, err
	}
	out.ExpireTime, out.ResendTime, err = a.sendFor(ctx, in, code)
	return out, err
}

// completeTrusted has otp compare what the trusted contact was sent. Whether it is the contact still is asked again, under the lock.
func (a *App) completeTrusted(
	ctx context.Context, cmd StepCommand, in domain.SignIn, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	code, trust, err := a.trustedCode(ctx, a.Store, in)
	if err != nil {
		return out, err
	}
	if err := a.verifyAs(ctx, code, cmd.Code, a.attemptID(in.ID, cmd.Code)); err != nil {
		return out, err
	}
	still := func(ctx context.Context, tx *store.Tx, c *course, now time.Time) (_ uuid.UUID, refusal, err error) {
		t, _, err := tx.TrustedContact(ctx, c.AccountID, now)
		if err != nil {
			return uuid.Nil, nil, err
		}
		if t.ID != trust.ID || !t.Active(now) {
			return uuid.Nil, domain.StepNotOpen(), nil
		}
		if c.Purpose != domain.Recover {
			c.holder, err = tx.Holder(ctx, c.AccountID, c.Devices, now)
		}
		return t.ID, nil, err
	}
	return a.judgeStep(ctx, cmd, in, cmd.Code, still, answered)
}

// needsTrusted says whether the trusted contact's code is still to come, where it is asked for, before the session can change the password.
func (a *App) needsTrusted(ctx context.Context, s domain.Session, asked bool) (bool, error) {
	if !asked {
		return false, nil
	}
	now := a.Now()
	t, _, err := a.Store.TrustedContact(ctx, s.AccountID, now)
	if err != nil {
		return false, err
	}
	if !t.Active(now) {
		return false, domain.NoTrustedContact()
	}
	return s.CheckTrusted(t, Recent, now) != nil, nil
}

// checkTrusted refuses to change a password without the code of the trusted contact, where one is active.
func checkTrusted(ctx context.Context, r reader, s domain.Session, now time.Time) error {
	t, _, err := r.TrustedContact(ctx, s.AccountID, now)
	if err != nil {
		return err
	}
	return s.CheckTrusted(t, Recent, now)
}
