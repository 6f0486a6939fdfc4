package app

import (
	"context"
	"net/url"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Authorization is where the browser goes after the authorization endpoint.
type Authorization struct {
	// URL is the interaction's page, or the partner's address when the request is refused.
	URL string
	// InteractionID and Browser are for the cookie: only the browser that began the interaction may finish it. Empty
	// when the request is refused.
	InteractionID string
	Browser       secret.String
	Life          time.Duration
}

// Authorize checks a partner's request and begins an interaction. Without a known client and address the error is shown
// to the person: the browser must not be sent anywhere else.
func (a *App) Authorize(ctx context.Context, p url.Values) (Authorization, error) {
	client, err := a.target(ctx, p)
	if err != nil {
		return Authorization{}, err
	}
	request, refusal := domain.ParseRequest(client, p)
	if refusal == nil {
		refusal = a.readHint(client, &request)
	}
	if refusal != nil {
		return Authorization{URL: a.errorURL(request, refusal)}, nil
	}
	now := a.Now()
	browser := secret.New(cookies.Begun(secret.NewToken().Reveal(), now))
	i := domain.Interaction{
		ID: secret.NewToken().Reveal(), Request: request, BeganAt: now.Truncate(time.Microsecond),
		ExpireTime: now.Add(a.Lifetimes.Interaction), BrowserHash: secret.HashToken(browser.Reveal()),
		Pending: a.pending(ctx, now),
	}
	if err := a.Interactions.PutInteraction(ctx, i, now); err != nil {
		return Authorization{}, err
	}
	return Authorization{
		URL: a.Issuer + "/interactions/" + i.ID, InteractionID: i.ID, Browser: browser, Life: a.Lifetimes.Interaction,
	}, nil
}

// target finds the client and checks the redirect address.
func (a *App) target(ctx context.Context, p url.Values) (domain.Client, error) {
	ids, uris := p["client_id"], p["redirect_uri"]
	if len(ids) != 1 {
		return domain.Client{}, errUnknownClient()
	}
	c, found, err := a.Store.Client(ctx, ids[0])
	if err != nil {
		return c, err
	}
	if !found {
		return c, errUnknownClient()
	}
	if len(uris) != 1 || !c.AllowsRedirect(uris[0]) {
		return c, errs.New(errs.Invalid, errorsv1.Reason_REDIRECT_URI_MISMATCH, "redirect_uri is not registered")
	}
	return c, nil
}

func errUnknownClient() error {
	return errs.New(errs.Invalid, errorsv1.Reason_CLIENT_UNKNOWN, "there is no such client")
}

// readHint reads which person the ID token hint names; the token may have expired.
func (a *App) readHint(c domain.Client, r *domain.Request) *domain.OAuthError {
	if r.IDTokenHint == "" {
		return nil
	}
	hint, err := a.idTokenHint(r.IDTokenHint)
	if err != nil || hint.Audience != c.ID {
		return &domain.OAuthError{Code: domain.InvalidRequest, Description: "id_token_hint is not this client's ID token"}
	}
	r.HintSubject, r.IDTokenHint = hint.Subject, ""
	return nil
}

// errorURL is the partner's address with an error.
func (a *App) errorURL(r domain.Request, e *domain.OAuthError) string {
	params := url.Values{"error": {e.Code}}
	if e.Description != "" {
		params.Set("error_description", e.Description)
	}
	return a.answerURL(r, params)
}

// answerURL is the partner's address with an answer, the issuer (RFC 9207) and the state.
func (a *App) answerURL(r domain.Request, params url.Values) string {
	params.Set("iss", a.Issuer)
	if r.State != "" {
		params.Set("state", r.State)
	}
	return domain.WithParams(r.RedirectURI, params)
}
