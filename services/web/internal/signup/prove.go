package signup

import (
	"math"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// signUpCode takes the code, or sends it anew. For an e-mail it says where the link went.
func (f feature) signUpCode(r *page.Request) error {
	id := r.PathValue("id")
	reg, err := f.Registrations.GetRegistration(r.Context(), &registrationv1.GetRegistrationRequest{RegistrationId: id})
	if err != nil {
		return err
	}
	u, known := recallSignUp(r, id)
	if known && u.CompletionToken != "" {
		r.Redirect(stepPath(r, id, "password"))
		return nil
	}
	if r.IsPost() {
		done, err := f.prove(r, reg, u)
		if err != nil || done {
			return err
		}
	}
	if reg.GetState() == registrationv1.State_COMPLETED && r.SignedIn() {
		r.Redirect(paths.WithInteraction(paths.SignedUp, r.InteractionID()))
		return nil
	}
	if reg.GetState() != registrationv1.State_CODE_SENT && !r.IsPost() {
		return notAtTheCode(reg)
	}
	return f.showCode(r, reg, u)
}

// prove sends another code or takes the one that was typed.
func (f feature) prove(r *page.Request, reg *registrationv1.Registration, u underWay) (done bool, err error) {
	next := stepPath(r, reg.GetId(), "code")
	if r.Action() == components.ActionResend {
		_, err = f.Registrations.ResendCode(r.Context(), &registrationv1.ResendCodeRequest{RegistrationId: reg.GetId()})
	} else {
		next, err = f.proveBy(r, &registrationv1.VerifyCodeRequest{RegistrationId: reg.GetId(), Code: r.Field("code")}, u)
	}
	if err == nil {
		r.Redirect(next)
		return true, nil
	}
	field := "code"
	if r.Action() == components.ActionResend {
		field = ""
	}
	if !r.Refused(err, field) {
		return false, err
	}
	return false, nil
}

// proveBy presents the proof, and keeps the right to set the password in the browser, which may be another one than the
// sign-up began in: with the way back to the partner.
func (f feature) proveBy(r *page.Request, proof *registrationv1.VerifyCodeRequest, u underWay) (next string, err error) {
	reg, err := f.Registrations.GetRegistration(r.Context(), &registrationv1.GetRegistrationRequest{
		RegistrationId: proof.GetRegistrationId(),
	})
	if err != nil {
		return "", err
	}
	u.Interaction, u.Client = reg.GetInteractionId(), reg.GetClientId()
	verified, err := f.Registrations.VerifyCode(r.Context(), proof)
	if err != nil {
		return "", err
	}
	u.CompletionToken = verified.GetCompletionToken()
	u.Contact, u.Words = verified.GetContact(), verified.GetPasswordContext()
	return stepPath(r, proof.GetRegistrationId(), "password"), u.save(r, proof.GetRegistrationId())
}

// notAtTheCode says why there is no code to enter.
func notAtTheCode(reg *registrationv1.Registration) error {
	reason := errorsv1.Reason_REGISTRATION_EXPIRED
	switch reg.GetState() {
	case registrationv1.State_COMPLETED:
		reason = errorsv1.Reason_REGISTRATION_COMPLETED
	case registrationv1.State_CONTACT_VERIFIED:
		reason = errorsv1.Reason_COMPLETION_TOKEN_INVALID
	case registrationv1.State_STATE_UNSPECIFIED, registrationv1.State_CODE_SENT, registrationv1.State_EXPIRED:
	}
	return errs.New(reason, "the sign-up is at another step")
}

func (f feature) showCode(r *page.Request, reg *registrationv1.Registration, u underWay) error {
	back := paths.WithInteraction(paths.SignUp, r.InteractionID())
	wait := f.secondsUntil(reg.GetResendTime().AsTime())
	expire := reg.GetCodeExpireTime().AsTime()
	if reg.GetChannel() == registrationv1.Channel_EMAIL {
		m := LinkSent{Destination: reg.GetDestination(), ExpireTime: expire, ResendSeconds: wait, BackURL: back}
		if u.Email != "" {
			m.Destination = u.Email // whoever has typed it may see it whole
		}
		m.Page = r.Page
		return r.Render(m)
	}
	locked := r.Has(errorsv1.Reason_FACTOR_LOCKED)
	dead := locked || r.Has(errorsv1.Reason_CODE_EXPIRED) || r.Has(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	if dead {
		r.FormExpired()
	}
	return r.Render(EnterCode{
		Page: r.Page, Destination: reg.GetDestination(), ExpireTime: expire, ResendSeconds: wait, BackURL: back,
		Code: r.Field("code"), Dead: dead, Locked: locked,
	})
}

// signUpLink is where the link of an e-mail leads, on whatever device. Opening it confirms nothing, since mail scanners open
// links; a button does.
func (f feature) signUpLink(r *page.Request) error {
	id := r.PathValue("id")
	token := r.URL.Query().Get("token")
	u, known := recallSignUp(r, id)
	done := known && u.CompletionToken != ""
	switch {
	case r.IsPost() && done: // in another tab
		r.Redirect(stepPath(r, id, "password"))
		return nil
	case r.IsPost():
		next, err := f.proveBy(r, &registrationv1.VerifyCodeRequest{RegistrationId: id, Token: token}, u)
		if err == nil {
			r.Redirect(next)
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	m := LinkLanding{AgainURL: stepPath(r, id, "code"), Dead: linkIsDead(r)}
	if done {
		m.ContinueURL = stepPath(r, id, "password")
	}
	m.Page = r.Page
	return r.Render(m)
}

// linkIsDead says whether the link was refused for good: a service that was away is no fault of the link.
func linkIsDead(r *page.Request) bool {
	for _, reason := range []errs.Reason{
		errorsv1.Reason_LINK_INVALID, errorsv1.Reason_LINK_EXPIRED, errorsv1.Reason_LINK_USED, errorsv1.Reason_REGISTRATION_EXPIRED,
		errorsv1.Reason_REGISTRATION_NOT_FOUND, errorsv1.Reason_REGISTRATION_WRONG_STATE, errorsv1.Reason_FACTOR_LOCKED,
		errorsv1.Reason_FACTOR_DISABLED,
	} {
		if r.Has(reason) {
			return true
		}
	}
	return false
}

func (f feature) secondsUntil(t time.Time) int {
	return max(0, int(math.Ceil(t.Sub(f.now()).Seconds())))
}
