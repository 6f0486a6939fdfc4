package pages

import (
	"math"
	"net/url"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// signUp takes the name and the contacts.
func (p *Pages) signUp(v *visit) error {
	m := view.SignUp{
		LastName: v.form("last_name"), FirstName: v.form("first_name"), MiddleName: v.form("middle_name"),
		Phone: v.form("phone"), Email: v.form("email"), NoPhone: v.form("no_phone") != "",
		SignInURL: withInteraction(view.PathSignIn, v.interactionID()),
	}
	if v.isPost() {
		reg, err := p.Registrations.StartRegistration(v.ctx, startRequest(m))
		if err == nil {
			v.redirect(v.signUpPath(reg.GetId(), "code"))
			return nil
		}
		if !v.refused(err, "") {
			return err
		}
	}
	m.Page = v.page
	return v.show(m)
}

func startRequest(m view.SignUp) *registrationv1.StartRegistrationRequest {
	r := &registrationv1.StartRegistrationRequest{
		LastName: m.LastName, FirstName: m.FirstName, MiddleName: m.MiddleName, Phone: m.Phone, Email: m.Email,
	}
	if m.NoPhone {
		r.Phone, r.Channel = "", registrationv1.Channel_EMAIL
	}
	return r
}

// signUpCode takes the code, or sends it anew. For an e-mail it says where the link went.
func (p *Pages) signUpCode(v *visit) error {
	id := v.r.PathValue("id")
	reg, err := p.Registrations.GetRegistration(v.ctx, &registrationv1.GetRegistrationRequest{RegistrationId: id})
	if err != nil {
		return err
	}
	if v.isPost() && v.action() == view.ActionResend {
		sent, err := p.Registrations.ResendCode(v.ctx, &registrationv1.ResendCodeRequest{RegistrationId: id})
		if err == nil {
			v.redirect(v.signUpPath(sent.GetId(), "code"))
			return nil
		}
		if !v.refused(err, "") {
			return err
		}
		return p.showCode(v, reg)
	}
	if v.isPost() {
		return p.enterCode(v, reg)
	}
	return p.showCode(v, reg)
}

func (p *Pages) enterCode(v *visit, reg *registrationv1.Registration) error {
	verified, err := p.Registrations.VerifyCode(v.ctx, &registrationv1.VerifyCodeRequest{
		RegistrationId: reg.GetId(), Code: v.form("code"),
	})
	if err == nil {
		return p.askPassword(v, reg, verified.GetCompletionToken())
	}
	if !v.refused(err, "code") {
		return err
	}
	return p.showCode(v, reg)
}

func (p *Pages) showCode(v *visit, reg *registrationv1.Registration) error {
	expire := reg.GetCodeExpireTime().AsTime()
	wait := p.secondsUntil(reg.GetResendTime().AsTime())
	back := withInteraction(view.PathSignUp, v.interactionID())
	if reg.GetChannel() == registrationv1.Channel_EMAIL {
		return v.show(view.LinkSent{
			Page: v.page, Destination: reg.GetDestination(), ExpireTime: expire, ResendSeconds: wait, BackURL: back,
		})
	}
	dead := v.has(errorsv1.Reason_CODE_EXPIRED) || v.has(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	if dead {
		v.noForm()
	}
	return v.show(view.EnterCode{
		Page: v.page, Destination: reg.GetDestination(), ExpireTime: expire, ResendSeconds: wait, BackURL: back, Dead: dead,
	})
}

// signUpLink is where the link of an e-mail leads. Opening it confirms nothing, since mail scanners open links; a
// button does.
func (p *Pages) signUpLink(v *visit) error {
	id := v.r.PathValue("id")
	token := v.r.URL.Query().Get("token")
	if !v.isPost() {
		return v.show(view.LinkLanding{Page: v.page, Token: token})
	}
	verified, err := p.Registrations.VerifyCode(v.ctx, &registrationv1.VerifyCodeRequest{
		RegistrationId: id, Token: v.form("token"),
	})
	if err != nil {
		if !v.refused(err, "") {
			return err
		}
		return v.show(view.LinkLanding{Page: v.page, Dead: true})
	}
	reg, err := p.Registrations.GetRegistration(v.ctx, &registrationv1.GetRegistrationRequest{RegistrationId: id})
	if err != nil {
		return err
	}
	return p.askPassword(v, reg, verified.GetCompletionToken())
}

// askPassword shows the password form, which posts to a page of its own.
func (p *Pages) askPassword(v *visit, reg *registrationv1.Registration, completionToken string) error {
	v.page.Path = v.signUpPath(reg.GetId(), "password")
	return v.show(view.SetPassword{
		Page: v.page, Username: reg.GetDestination(), CompletionToken: completionToken,
	})
}

// signUpPassword sets the password, makes the account and signs the person in.
func (p *Pages) signUpPassword(v *visit) error {
	id := v.r.PathValue("id")
	if !v.isPost() {
		v.redirect(v.signUpPath(id, "code"))
		return nil
	}
	m := view.SetPassword{Username: v.form("username"), CompletionToken: v.form("completion_token")}
	if v.action() == view.ActionGenerate {
		made, err := p.Accounts.GeneratePassword(v.ctx, &accountv1.GeneratePasswordRequest{})
		if err != nil {
			return err
		}
		m.Generated, m.Page = made.GetPassword(), v.page
		return v.show(m)
	}
	// A password is taken as it was typed: no trimming.
	password := v.r.PostFormValue("password")
	if password != v.r.PostFormValue("password_repeat") {
		v.wrong("password_repeat", errorsv1.Reason_MISMATCH)
		m.Page = v.page
		return v.show(m)
	}
	done, err := p.Registrations.CompleteRegistration(v.ctx, &registrationv1.CompleteRegistrationRequest{
		RegistrationId: id, CompletionToken: m.CompletionToken, Password: password,
	})
	if err == nil {
		return p.enterNewAccount(v, done.GetAccountId(), password)
	}
	if !v.refused(err, "password") {
		return err
	}
	m.Page = v.page
	return v.show(m)
}

// enterNewAccount signs in who has just made an account, and leads on.
func (p *Pages) enterNewAccount(v *visit, accountID, password string) error {
	contacts, err := p.Accounts.GetContacts(v.ctx, &accountv1.GetContactsRequest{AccountId: accountID})
	if err != nil {
		return err
	}
	login := contacts.GetPhone()
	if login == "" {
		login = contacts.GetEmail()
	}
	s, err := p.Accounts.CreateSession(v.ctx, &accountv1.CreateSessionRequest{
		Login: login, Password: password, Surface: accountv1.Surface_PAGES,
	})
	if err != nil {
		return err
	}
	p.startSession(v.w, s)
	if i := v.interactionID(); i != "" {
		v.redirect(interactionPath(i))
		return nil
	}
	v.redirect(view.PathPerson)
	return nil
}

func (v *visit) has(reason errs.Reason) bool {
	for _, e := range v.page.Errors {
		if e.Reason == reason {
			return true
		}
	}
	return false
}

func (v *visit) signUpPath(id, step string) string {
	return withInteraction(view.PathSignUp+"/"+url.PathEscape(id)+"/"+step, v.interactionID())
}

func (p *Pages) secondsUntil(t time.Time) int {
	return max(0, int(math.Ceil(t.Sub(p.Now()).Seconds())))
}
