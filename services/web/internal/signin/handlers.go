package signin

import (
	"strings"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// signIn takes a login and a password, and goes on to where the person wanted.
func (f feature) signIn(r *page.Request) error {
	next := afterSignIn(r)
	if r.SignedIn() && !r.IsPost() {
		r.Redirect(next)
		return nil
	}
	m := Login{
		Login: r.Field("login"), SignUpURL: paths.WithInteraction(paths.SignUp, r.InteractionID()),
		PasskeyURL: paths.WithNext(paths.SignInPasskey, next),
	}
	if r.IsPost() {
		onward, err := f.TryPassword(r, next)
		if err != nil {
			return err
		}
		if onward != "" {
			r.Redirect(onward)
			return nil
		}
	}
	m.Page = r.Page
	return r.Render(m)
}

// reauthenticate proves the password again within the session.
func (f feature) reauthenticate(r *page.Request) error {
	next := paths.Own(r.URL.Query().Get("next"), paths.Cabinet)
	if r.IsPost() {
		onward, err := f.ProveAgain(r, next)
		if err != nil {
			return err
		}
		if onward != "" {
			r.Redirect(onward)
			return nil
		}
	}
	return f.ShowReauthenticate(r, next)
}

// signOut asks, and ends the session. Who was sent by a partner that means this very session is not asked, and
// goes on to the partner. next is a page of our own to go on with, such as the sign-in to another account.
func (f feature) signOut(r *page.Request) error {
	next := paths.Own(r.URL.Query().Get("next"), "")
	if id := r.URL.Query().Get("logout"); id != "" {
		logout, err := f.OIDC.GetLogout(r.Context(), &oidcv1.GetLogoutRequest{LogoutId: id, SessionId: r.User().SessionID})
		if err != nil {
			return err
		}
		r.SuggestLanguage(logout.GetLanguage())
		r.Page.Partner, next = logout.GetClientNames()[r.Page.Words.Lang()], paths.Own(logout.GetContinueUrl(), paths.Home)
		if logout.GetConfirmed() || !r.SignedIn() {
			return f.endAndGo(r, next)
		}
	}
	if !r.IsPost() && r.SignedIn() {
		if _, err := profiles.Greet(r, f.Profiles); err != nil {
			return err
		}
		return r.Render(SignOut{Page: r.Page})
	}
	return f.endAndGo(r, next)
}

// endAndGo ends the session and goes on, or to the page that says that it has ended.
func (f feature) endAndGo(r *page.Request, next string) error {
	if r.SignedIn() {
		_, err := f.Accounts.DeleteSession(r.Context(), &accountv1.DeleteSessionRequest{
			AccountId: r.AccountID(), SessionId: r.User().SessionID,
		})
		if err != nil {
			return err
		}
		r.ClearSession()
	}
	if next == "" {
		next = paths.SignedOut
	}
	r.Redirect(next)
	return nil
}

// signedOut says that it is done; whoever is signed in again is not told so.
func (f feature) signedOut(r *page.Request) error {
	if r.SignedIn() {
		r.Redirect(paths.Cabinet)
		return nil
	}
	return r.Render(SignedOut{Page: r.Page})
}

// afterSignIn is where a sign-in leads: the interaction, or a page of our own.
func afterSignIn(r *page.Request) string {
	if i := r.InteractionID(); i != "" {
		return paths.Interaction(i)
	}
	next := paths.Own(r.URL.Query().Get("next"), paths.Cabinet)
	if strings.HasPrefix(next, paths.SignIn) || strings.HasPrefix(next, paths.SignOut) {
		return paths.Cabinet
	}
	return next
}
