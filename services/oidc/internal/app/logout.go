package app

import (
	"context"
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// BeginLogout stores a partner's request to sign the person out, and returns the page that asks the person. What is wrong
// with the partner or its address never keeps a person signed in: who agrees is signed out and stays here.
func (a *App) BeginLogout(ctx context.Context, p url.Values) (string, error) {
	if _, ok := domain.Repeated(p); ok {
		return "", errLogout("a parameter is repeated")
	}
	if !domain.Echoable(p.Get("state")) {
		return "", errLogout("state is longer than 2048 bytes or has control characters")
	}
	now := a.Now()
	l, err := a.readLogout(ctx, p)
	if err != nil {
		return "", err
	}
	l.ID, l.Language = secret.NewToken().Reveal(), domain.Language(p.Get("ui_locales"))
	l.ExpireTime, l.Pending = now.Add(a.Lifetimes.Interaction), a.pending(ctx, now)
	if err := a.Interactions.PutLogout(ctx, l, now); err != nil {
		return "", err
	}
	return a.logoutPage(l.ID), nil
}

// readLogout reads who asks, for which session, and where the browser goes: of a request that is not all right, at most
// who asks.
func (a *App) readLogout(ctx context.Context, p url.Values) (domain.Logout, error) {
	h, ok := a.logoutHint(p)
	if !ok || h.Audience == "" {
		return domain.Logout{}, nil
	}
	c, found, err := a.client(ctx, h.Audience)
	if err != nil || !found {
		return domain.Logout{}, err
	}
	address := p.Get("post_logout_redirect_uri")
	if address != "" && !c.AllowsLogoutRedirect(address) {
		return domain.Logout{ClientID: c.ID}, nil
	}
	return domain.Logout{ClientID: c.ID, SID: h.SID, RedirectURI: address, State: p.Get("state")}, nil
}

// logoutHint is the session and client of the request: by an ID token, expired or not, or by client_id alone; false: they
// contradict each other, or the token is none of ours.
func (a *App) logoutHint(p url.Values) (hint, bool) {
	clientID := p.Get("client_id")
	token := p.Get("id_token_hint")
	if token == "" {
		return hint{Audience: clientID}, true
	}
	h, err := a.idTokenHint(token)
	return h, err == nil && (clientID == "" || clientID == h.Audience)
}

func errLogout(message string) error {
	return errs.New(errorsv1.Reason_PARTNER_REQUEST_MALFORMED, message)
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
	now := a.Now()
	l, err := a.Interactions.Logout(ctx, id, now)
	if err != nil {
		return LogoutView{}, err
	}
	if l, err = a.noteUse(ctx, l.SeenBy(sessionID), sessionID); err != nil {
		return LogoutView{}, err
	}
	if err := a.Interactions.ChangeLogout(ctx, l, now); err != nil {
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

// FinishLogout sends the browser back to the partner, or home, once nobody is signed in any more: neither in the session
// that the pages were to end, nor in the browser's. Until then it goes to the page that signs out.
func (a *App) FinishLogout(ctx context.Context, id, browserSession string) (Departure, error) {
	now := a.Now()
	l, err := a.Interactions.Logout(ctx, id, now)
	if err != nil {
		return Departure{}, err
	}
	done := l.Seen
	for _, session := range []string{l.SessionID, browserSession} {
		s, err := a.session(ctx, session)
		if err != nil {
			return Departure{}, err
		}
		done = done && s == nil
	}
	if !done {
		return Departure{URL: a.logoutPage(id)}, nil
	}
	frames, err := a.frames(ctx, l)
	if err != nil {
		return Departure{}, err
	}
	return Departure{URL: l.Return(a.Issuer + "/"), Frames: frames, Language: l.Language}, a.Interactions.FinishLogout(ctx, l, now)
}

func (a *App) logoutPage(id string) string {
	return a.Issuer + "/sign-out?" + url.Values{"logout": {id}}.Encode()
}
