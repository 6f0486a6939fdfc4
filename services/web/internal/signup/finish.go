package signup

import (
	"cmp"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// signUpPassword sets the password, makes the account and signs the person in.
func (f feature) signUpPassword(r *page.Request) error {
	id := r.PathValue("id")
	u, ok := recallSignUp(r, id)
	if !ok || u.CompletionToken == "" {
		r.Redirect(stepPath(r, id, "code"))
		return nil
	}
	if r.IsPost() && r.Action() == newpassword.ActionGenerate {
		return f.suggest(r, id, u)
	}
	if r.IsPost() {
		done, err := f.setPassword(r, id, u)
		if err != nil || done {
			return err
		}
	}
	policy, err := f.Accounts.GetPasswordPolicy(r.Context(), &accountv1.GetPasswordPolicyRequest{})
	if err != nil {
		return err
	}
	return r.Render(SetPassword{
		Fields: newpassword.Fields{
			Page: r.Page, Username: u.Contact, Context: u.Words, Generated: u.Generated, Policy: policy,
		},
		BackURL: paths.WithInteraction(paths.SignUp, r.InteractionID()),
	})
}

// suggest keeps a password that the server makes in the browser, and shows it.
func (f feature) suggest(r *page.Request, id string, u underWay) error {
	made, err := f.Accounts.GeneratePassword(r.Context(), &accountv1.GeneratePasswordRequest{})
	if err != nil {
		return err
	}
	u.Generated = made.GetPassword()
	if err := u.save(r, id); err != nil {
		return err
	}
	r.Redirect(stepPath(r, id, "password"))
	return nil
}

// setPassword takes a password as it was typed: no trimming.
func (f feature) setPassword(r *page.Request, id string, u underWay) (done bool, err error) {
	password := r.PostFormValue("password")
	if password != r.PostFormValue("password_repeat") {
		r.Wrong("password_repeat", errorsv1.Reason_MISMATCH)
		return false, nil
	}
	_, err = f.Registrations.CompleteRegistration(r.Context(), &registrationv1.CompleteRegistrationRequest{
		RegistrationId: id, CompletionToken: u.CompletionToken, Password: password,
	})
	if err == nil {
		return true, f.enter(r, id, u, password)
	}
	if !r.Refused(err, "password") {
		return false, err
	}
	return false, nil
}

// enter signs in who has just made an account.
func (f feature) enter(r *page.Request, id string, u underWay, password string) error {
	s, err := f.Accounts.CreateSession(r.Context(), &accountv1.CreateSessionRequest{
		Login: u.Contact, Password: password, Surface: accountv1.Surface_PAGES, DeviceToken: r.Device(),
	})
	if err != nil {
		return err
	}
	f.SignIn.EndSession(r)
	r.StartSession(s)
	if err := u.end(r, id); err != nil {
		return err
	}
	r.Redirect(paths.WithInteraction(paths.SignedUp, r.InteractionID()))
	return nil
}

// signedUp says that the account is made and what comes next, and leads on: to the partner's sign-in, or if that cannot be gone
// on with in this browser any more, to the partner.
func (f feature) signedUp(r *page.Request) error {
	last := ended(r)
	back, err := f.Partners.Back(r, cmp.Or(r.InteractionID(), last.Interaction), last.Client)
	if err != nil {
		return err
	}
	return r.Render(Done{Page: r.Page, NextURL: paths.Person, Back: back})
}
