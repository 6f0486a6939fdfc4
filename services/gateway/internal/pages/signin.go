package pages

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// signIn takes a login and a password, and goes on to where the person wanted.
func (p *Pages) signIn(v *visit) error {
	next := p.afterSignIn(v)
	if v.session != nil && !v.isPost() {
		v.redirect(next)
		return nil
	}
	m := view.SignIn{Login: v.form("login"), SignUpURL: withInteraction(view.PathSignUp, v.interactionID())}
	if v.isPost() {
		done, err := p.tryPassword(v)
		if err != nil {
			return err
		}
		if done {
			v.redirect(next)
			return nil
		}
	}
	m.Page = v.page
	return v.show(m)
}

// tryPassword signs in with the form's login and password; false: it was refused, which the page says.
func (p *Pages) tryPassword(v *visit) (bool, error) {
	s, err := p.Accounts.CreateSession(v.ctx, &accountv1.CreateSessionRequest{
		Login: v.form("login"), Password: v.r.PostFormValue("password"), Surface: accountv1.Surface_PAGES,
	})
	if err == nil {
		p.endSession(v)
		p.startSession(v.w, s)
		return true, nil
	}
	if !v.refused(err, "") {
		return false, err
	}
	return false, nil
}

// endSession ends the session that the browser had before, so that none is left behind.
func (p *Pages) endSession(v *visit) {
	if v.session == nil {
		return
	}
	_, err := p.Accounts.DeleteSession(v.ctx, &accountv1.DeleteSessionRequest{
		AccountId: v.accountID(), SessionId: v.session.GetId(),
	})
	if err != nil {
		p.Log.Warn("the old session was not ended", "error", err)
	}
}

// reauthenticate proves the password again within the session.
func (p *Pages) reauthenticate(v *visit) error {
	next := ownPath(v.r.URL.Query().Get("next"), view.PathCabinet)
	if v.isPost() {
		done, err := p.proveAgain(v)
		if err != nil {
			return err
		}
		if done {
			v.redirect(next)
			return nil
		}
	}
	return p.showReauthenticate(v, next)
}

func (p *Pages) proveAgain(v *visit) (bool, error) {
	s, err := p.Accounts.Reauthenticate(v.ctx, &accountv1.ReauthenticateRequest{
		AccountId: v.accountID(), SessionId: v.session.GetId(), Password: v.r.PostFormValue("password"),
	})
	if err == nil {
		p.startSession(v.w, s)
		return true, nil
	}
	if !v.refused(err, "password") {
		return false, err
	}
	return false, nil
}

func (p *Pages) showReauthenticate(v *visit, next string) error {
	if err := p.greet(v); err != nil {
		return err
	}
	contacts, err := p.contacts(v)
	if err != nil {
		return err
	}
	return v.show(view.Reauthenticate{Page: v.page, Username: masked(contacts), Next: next})
}

func masked(c *accountv1.Contacts) string {
	if c.GetPhone() != "" {
		return identifiers.Phone(c.GetPhone()).Masked()
	}
	return identifiers.Email(c.GetEmail()).Masked()
}

func (p *Pages) contacts(v *visit) (*accountv1.Contacts, error) {
	return p.Accounts.GetContacts(v.ctx, &accountv1.GetContactsRequest{AccountId: v.accountID()})
}

// signOut asks, and ends the session. Who was sent by a partner that means this very session is not asked, and
// goes on to the partner.
func (p *Pages) signOut(v *visit) error {
	next := ""
	if id := v.r.URL.Query().Get("logout"); id != "" {
		logout, err := p.OIDC.GetLogout(v.ctx, &oidcv1.GetLogoutRequest{LogoutId: id, SessionId: v.session.GetId()})
		if err != nil {
			return err
		}
		v.suggestLanguage(logout.GetLanguage())
		v.page.Partner, next = logout.GetClientNames()[v.page.Lang], ownPath(logout.GetContinueUrl(), view.PathHome)
		if logout.GetConfirmed() || v.session == nil {
			return p.endAndGo(v, next)
		}
	}
	if !v.isPost() && v.session != nil {
		if err := p.greet(v); err != nil {
			return err
		}
		return v.show(view.SignOut{Page: v.page})
	}
	return p.endAndGo(v, next)
}

// endAndGo ends the session and goes on, or says that it has ended.
func (p *Pages) endAndGo(v *visit, next string) error {
	if v.session != nil {
		_, err := p.Accounts.DeleteSession(v.ctx, &accountv1.DeleteSessionRequest{
			AccountId: v.accountID(), SessionId: v.session.GetId(),
		})
		if err != nil {
			return err
		}
		p.clearSession(v.w)
	}
	if next != "" {
		v.redirect(next)
		return nil
	}
	return v.show(view.SignedOut{Page: v.page})
}

// afterSignIn is where a sign-in leads: the interaction, or a page of our own.
func (p *Pages) afterSignIn(v *visit) string {
	if i := v.interactionID(); i != "" {
		return interactionPath(i)
	}
	next := ownPath(v.r.URL.Query().Get("next"), view.PathCabinet)
	if strings.HasPrefix(next, view.PathSignIn) || strings.HasPrefix(next, view.PathSignOut) {
		return view.PathCabinet
	}
	return next
}
