package signup

import (
	"math"
	"net/url"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// signUp takes the name and the contacts.
func (f feature) signUp(r *page.Request) error {
	m := Start{
		LastName: r.Field("last_name"), FirstName: r.Field("first_name"), MiddleName: r.Field("middle_name"),
		Phone: r.Field("phone"), Email: r.Field("email"), NoPhone: r.Field("no_phone") != "",
		SignInURL: paths.WithInteraction(paths.SignIn, r.InteractionID()),
	}
	if r.IsPost() {
		reg, err := f.Registrations.StartRegistration(r.Context(), startRequest(m))
		if err == nil {
			r.Redirect(stepPath(r, reg.GetId(), "code"))
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	m.Page = r.Page
	return r.Render(m)
}

func startRequest(m Start) *registrationv1.StartRegistrationRequest {
	r := &registrationv1.StartRegistrationRequest{
		LastName: m.LastName, FirstName: m.FirstName, MiddleName: m.MiddleName, Phone: m.Phone, Email: m.Email,
	}
	if m.NoPhone {
		r.Phone, r.Channel = "", registrationv1.Channel_EMAIL
	}
	return r
}

// signUpCode takes the code, or sends it anew. For an e-mail it says where the link went.
func (f feature) signUpCode(r *page.Request) error {
	id := r.PathValue("id")
	reg, err := f.Registrations.GetRegistration(r.Context(), &registrationv1.GetRegistrationRequest{RegistrationId: id})
	if err != nil {
		return err
	}
	if r.IsPost() && r.Action() == actionResend {
		sent, err := f.Registrations.ResendCode(r.Context(), &registrationv1.ResendCodeRequest{RegistrationId: id})
		if err == nil {
			r.Redirect(stepPath(r, sent.GetId(), "code"))
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
		return f.showCode(r, reg)
	}
	if r.IsPost() {
		return f.enterCode(r, reg)
	}
	return f.showCode(r, reg)
}

func (f feature) enterCode(r *page.Request, reg *registrationv1.Registration) error {
	verified, err := f.Registrations.VerifyCode(r.Context(), &registrationv1.VerifyCodeRequest{
		RegistrationId: reg.GetId(), Code: r.Field("code"),
	})
	if err == nil {
		return f.askPassword(r, reg, verified.GetCompletionToken())
	}
	if !r.Refused(err, "code") {
		return err
	}
	return f.showCode(r, reg)
}

func (f feature) showCode(r *page.Request, reg *registrationv1.Registration) error {
	expire := reg.GetCodeExpireTime().AsTime()
	wait := f.secondsUntil(reg.GetResendTime().AsTime())
	back := paths.WithInteraction(paths.SignUp, r.InteractionID())
	if reg.GetChannel() == registrationv1.Channel_EMAIL {
		return r.Render(LinkSent{
			Page: r.Page, Destination: reg.GetDestination(), ExpireTime: expire, ResendSeconds: wait, BackURL: back,
		})
	}
	dead := r.Has(errorsv1.Reason_CODE_EXPIRED) || r.Has(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	if dead {
		r.FormExpired()
	}
	return r.Render(EnterCode{
		Page: r.Page, Destination: reg.GetDestination(), ExpireTime: expire, ResendSeconds: wait, BackURL: back, Dead: dead,
	})
}

// signUpLink is where the link of an e-mail leads. Opening it confirms nothing, since mail scanners open links; a
// button does.
func (f feature) signUpLink(r *page.Request) error {
	id := r.PathValue("id")
	token := r.URL.Query().Get("token")
	if !r.IsPost() {
		return r.Render(LinkLanding{Page: r.Page, Token: token})
	}
	verified, err := f.Registrations.VerifyCode(r.Context(), &registrationv1.VerifyCodeRequest{
		RegistrationId: id, Token: r.Field("token"),
	})
	if err != nil {
		if !r.Refused(err, "") {
			return err
		}
		return r.Render(LinkLanding{Page: r.Page, Dead: true})
	}
	reg, err := f.Registrations.GetRegistration(r.Context(), &registrationv1.GetRegistrationRequest{RegistrationId: id})
	if err != nil {
		return err
	}
	return f.askPassword(r, reg, verified.GetCompletionToken())
}

// askPassword shows the password form, which posts to a page of its own.
func (f feature) askPassword(r *page.Request, reg *registrationv1.Registration, completionToken string) error {
	r.Page.Path = stepPath(r, reg.GetId(), "password")
	return r.Render(SetPassword{
		Page: r.Page, Username: reg.GetDestination(), CompletionToken: completionToken,
	})
}

// signUpPassword sets the password, makes the account and signs the person in.
func (f feature) signUpPassword(r *page.Request) error {
	id := r.PathValue("id")
	if !r.IsPost() {
		r.Redirect(stepPath(r, id, "code"))
		return nil
	}
	m := SetPassword{Username: r.Field("username"), CompletionToken: r.Field("completion_token")}
	if r.Action() == actionGenerate {
		made, err := f.Accounts.GeneratePassword(r.Context(), &accountv1.GeneratePasswordRequest{})
		if err != nil {
			return err
		}
		m.Generated, m.Page = made.GetPassword(), r.Page
		return r.Render(m)
	}
	// A password is taken as it was typed: no trimming.
	password := r.PostFormValue("password")
	if password != r.PostFormValue("password_repeat") {
		r.Wrong("password_repeat", errorsv1.Reason_MISMATCH)
		m.Page = r.Page
		return r.Render(m)
	}
	done, err := f.Registrations.CompleteRegistration(r.Context(), &registrationv1.CompleteRegistrationRequest{
		RegistrationId: id, CompletionToken: m.CompletionToken, Password: password,
	})
	if err == nil {
		return f.enterNewAccount(r, done.GetAccountId(), password)
	}
	if !r.Refused(err, "password") {
		return err
	}
	m.Page = r.Page
	return r.Render(m)
}

// enterNewAccount signs in who has just made an account, and leads on.
func (f feature) enterNewAccount(r *page.Request, accountID, password string) error {
	contacts, err := f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: accountID})
	if err != nil {
		return err
	}
	login := contacts.GetPhone()
	if login == "" {
		login = contacts.GetEmail()
	}
	s, err := f.Accounts.CreateSession(r.Context(), &accountv1.CreateSessionRequest{
		Login: login, Password: password, Surface: accountv1.Surface_PAGES,
	})
	if err != nil {
		return err
	}
	r.StartSession(s)
	if i := r.InteractionID(); i != "" {
		r.Redirect(paths.Interaction(i))
		return nil
	}
	r.Redirect(paths.Person)
	return nil
}

// stepPath is a step of a sign-up.
func stepPath(r *page.Request, id, step string) string {
	return paths.WithInteraction(paths.SignUp+"/"+url.PathEscape(id)+"/"+step, r.InteractionID())
}

func (f feature) secondsUntil(t time.Time) int {
	return max(0, int(math.Ceil(t.Sub(f.now()).Seconds())))
}
