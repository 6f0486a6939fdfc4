package app

import (
	"context"
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// BeginLogout checks a partner's request to sign the person out, stores it, and returns the page that asks the person.
// An error is shown to the person: the browser is not sent anywhere.
func (a *App) BeginLogout(ctx context.Context, p url.Values) (string, error) {
	if _, ok := domain.Repeated(p); ok {
		return "", errLogout("a parameter is repeated")
	}
	h, err := a.logoutHint(p)
	if err != nil {
		return "", err
	}
	if err := a.checkLogoutRedirect(ctx, h.Audience, p.Get("post_logout_redirect_uri")); err != nil {
		return "", err
	}
	now := a.Now()
	l := domain.Logout{
		ID: secret.NewToken().Reveal(), ClientID: h.Audience, SID: h.SID, RedirectURI: p.Get("post_logout_redirect_uri"),
		State: p.Get("state"), Language: domain.Language(p.Get("ui_locales")), ExpireTime: now.Add(a.Lifetimes.Interaction),
	}
	if err := a.Interactions.PutLogout(ctx, l, now); err != nil {
		return "", err
	}
	return a.Issuer + "/sign-out?" + url.Values{"logout": {l.ID}}.Encode(), nil
}

// logoutHint is the session and client of the request: by an ID token, expired or not, or by client_id alone.
func (a *App) logoutHint(p url.Values) (hint, error) {
	clientID := p.Get("client_id")
	token := p.Get("id_token_hint")
	if token == "" {
		return hint{Audience: clientID}, nil
	}
	h, err := a.idTokenHint(token)
	if err != nil {
		return h, errLogout("id_token_hint is not an ID token of ours")
	}
	if clientID != "" && clientID != h.Audience {
		return h, errLogout("id_token_hint is another client's")
	}
	return h, nil
}

// checkLogoutRedirect refuses an address that the named client has not registered, octet by octet.
func (a *App) checkLogoutRedirect(ctx context.Context, clientID, redirectURI string) error {
	if clientID == "" && redirectURI == "" {
		return nil
	}
	c, err := a.knownClient(ctx, clientID)
	if err != nil {
		return err
	}
	if redirectURI != "" && !c.AllowsLogoutRedirect(redirectURI) {
		return errs.New(errs.Invalid, errorsv1.Reason_REDIRECT_URI_MISMATCH, "post_logout_redirect_uri is not registered")
	}
	return nil
}

func errLogout(message string) error {
	return errs.New(errs.Invalid, errorsv1.Reason_PARTNER_REQUEST_MALFORMED, message)
}

// LogoutView is a request to sign out as the pages see it.
type LogoutView struct {
	Logout domain.Logout
	Client domain.Client
	// Confirmed: the partner proved that it means this session; the person need not be asked.
	Confirmed   bool
	ContinueURL string
}

// GetLogout returns who asks to sign out the person of a session.
func (a *App) GetLogout(ctx context.Context, id, sessionID string) (LogoutView, error) {
	l, err := a.Interactions.Logout(ctx, id, a.Now())
	if err != nil {
		return LogoutView{}, err
	}
	out := LogoutView{Logout: l, ContinueURL: PathLogoutContinue + "?" + url.Values{"id": {id}}.Encode()}
	out.Confirmed = l.SID != "" && sessionID != "" && secret.Equal([]byte(l.SID), []byte(a.sid(l.ClientID, sessionID)))
	if l.ClientID == "" {
		return out, nil
	}
	out.Client, _, err = a.client(ctx, l.ClientID)
	return out, err
}

// FinishLogout sends the browser back to the partner after the sign-out, or home.
func (a *App) FinishLogout(ctx context.Context, id string) (string, error) {
	l, err := a.Interactions.Logout(ctx, id, a.Now())
	if err != nil {
		return "", err
	}
	return l.Return(a.Issuer + "/"), nil
}
