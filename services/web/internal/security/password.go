package security

import (
	"cmp"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// own is the flow of the person who is signed in: who signs in to this browser next is not shown another's password.
func own(r *page.Request) string { return strings.ReplaceAll(r.AccountID(), "-", "") }

// changePassword sets another password.
func (f feature) changePassword(r *page.Request) error {
	if r.IsPost() && r.Action() == newpassword.ActionGenerate {
		return f.suggest(r)
	}
	if r.IsPost() && r.Action() == actionAsk {
		return f.askTrusted(r)
	}
	if r.IsPost() {
		done, err := f.setPassword(r)
		if err != nil || done {
			return err
		}
	}
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	contacts, err := f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	policy, err := f.Accounts.GetPasswordPolicy(r.Context(), &accountv1.GetPasswordPolicyRequest{})
	if err != nil {
		return err
	}
	m := ChangePassword{Fields: newpassword.Fields{
		Username: cmp.Or(contacts.GetPhone(), contacts.GetEmail()), Policy: policy,
		Context: slices.DeleteFunc([]string{
			person.GetLastName(), person.GetFirstName(), person.GetMiddleName(), contacts.GetPhone(), contacts.GetEmail(),
		}, func(word string) bool { return word == "" }),
	}}
	r.ReadFlow(newpassword.Suggested(), own(r), &m.Generated)
	if m.Ask, err = f.mustAsk(r); err != nil {
		return err
	}
	m.Page = r.Page
	return r.Render(m)
}

// actionAsk begins to ask the trusted contact.
const actionAsk = "ask"

// mustAsk says whether the trusted contact's code comes first. That the page's address says it has come opens nothing: it is account
// that asks for it.
func (f feature) mustAsk(r *page.Request) (bool, error) {
	if r.URL.Query().Has("asked") && !r.Has(errorsv1.Reason_TRUSTED_CONTACT_REQUIRED) {
		return false, nil
	}
	t, err := f.trustedContact(r.Context(), r.AccountID())
	return isActive(t.GetState()), err
}

// askTrusted leads to the steps that end with the trusted contact's code, and back. Who has none any more is not asked.
func (f feature) askTrusted(r *page.Request) error {
	onward, err := f.SignIn.AskTrusted(r, paths.PasswordAsked)
	if errs.Is(err, errorsv1.Reason_TRUSTED_CONTACT_NOT_SET) {
		onward, err = paths.PasswordChange, nil
	}
	if err == nil {
		r.Redirect(onward)
	}
	return err
}

// suggest keeps a password that the server makes in the browser, and shows it.
func (f feature) suggest(r *page.Request) error {
	made, err := f.Accounts.GeneratePassword(r.Context(), &accountv1.GeneratePasswordRequest{})
	if err != nil {
		return err
	}
	if err := r.SaveFlow(newpassword.Suggested(), own(r), made.GetPassword()); err != nil {
		return err
	}
	onward := paths.PasswordChange
	if r.URL.Query().Has("asked") {
		onward = paths.PasswordAsked
	}
	r.Redirect(onward)
	return nil
}

// setPassword takes passwords as they were typed: no trimming.
func (f feature) setPassword(r *page.Request) (done bool, err error) {
	fresh := r.PostFormValue("password")
	if fresh != r.PostFormValue("password_repeat") {
		r.Wrong("password_repeat", errorsv1.Reason_MISMATCH)
		return false, nil
	}
	_, err = f.Accounts.ChangePassword(r.Context(), &accountv1.ChangePasswordRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID, CurrentPassword: r.PostFormValue("current_password"),
		NewPassword: fresh,
	})
	if err == nil {
		r.EndFlow(newpassword.Suggested(), own(r))
		r.Redirect(saved("password"))
		return true, nil
	}
	field := "current_password"
	if errs.Is(err, errorsv1.Reason_TRUSTED_CONTACT_REQUIRED) {
		field = "" // there is a form for that only, and no field
	}
	if !r.Refused(err, field) {
		return false, err
	}
	r.RenameField("new_password", "password")
	return false, nil
}
