package signin

import (
	"cmp"
	"log/slog"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// Forms are the forms in which a password is proven: a partner's sign-in shows them too.
type Forms struct {
	Accounts accountv1.AccountServiceClient
	Profiles profilev1.ProfileServiceClient
	Log      *slog.Logger
}

// TryPassword signs in with the form's login and password; false: it was refused, which the page says.
func (f Forms) TryPassword(r *page.Request) (bool, error) {
	s, err := f.Accounts.CreateSession(r.Context(), &accountv1.CreateSessionRequest{
		Login: r.Field("login"), Password: r.PostFormValue("password"), Surface: accountv1.Surface_PAGES,
	})
	if err == nil {
		f.EndSession(r)
		r.StartSession(s)
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

// EndSession ends the session that the browser had before, so that none is left behind.
func (f Forms) EndSession(r *page.Request) {
	if !r.SignedIn() {
		return
	}
	_, err := f.Accounts.DeleteSession(r.Context(), &accountv1.DeleteSessionRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID,
	})
	if err != nil {
		f.Log.Warn("the old session was not ended", "error", err)
	}
}

// ProveAgain proves the password again within the session; false: it was refused, which the page says.
func (f Forms) ProveAgain(r *page.Request) (bool, error) {
	s, err := f.Accounts.Reauthenticate(r.Context(), &accountv1.ReauthenticateRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID, Password: r.PostFormValue("password"),
	})
	if err == nil {
		r.StartSession(s)
		return true, nil
	}
	if !r.Refused(err, "password") {
		return false, err
	}
	return false, nil
}

// ShowReauthenticate asks for the password again.
func (f Forms) ShowReauthenticate(r *page.Request) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	contacts, err := f.contacts(r)
	if err != nil {
		return err
	}
	return r.Render(Reauthenticate{Page: r.Page, Username: cmp.Or(contacts.GetPhone(), contacts.GetEmail())})
}

func (f Forms) contacts(r *page.Request) (*accountv1.Contacts, error) {
	return f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: r.AccountID()})
}
