package app

import (
	"context"
	"net/url"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Authorization is where the browser goes after the authorization endpoint.
type Authorization struct {
	// Answer is the partner's when the request is answered at once.
	Answer *Answer
	// URL is the interaction's page otherwise.
	URL string
	// InteractionID and Browser are for the cookie: only the browser that began the interaction may finish it. Empty
	// when there is none.
	InteractionID string
	Browser       secret.String
}

// Answer is what a partner is told, by the browser.
type Answer struct {
	Address string
	Params  url.Values
	// Mode is how it travels; empty: in the query.
	Mode string
	// Language is the person's, if the partner has said it.
	Language string
}

// AuthorizeCommand is a partner's request for a sign-in, as a browser brings it.
type AuthorizeCommand struct {
	Params url.Values
	// Posted says that it came as a form.
	Posted bool
	// Old are the interactions that the browser gives up if it begins another.
	Old []cookies.InteractionCookie
}

// Authorize checks a partner's request, and answers it at once when nothing is needed of the person or no page may be shown;
// else it begins an interaction. Without a known client and address the error is shown to the person: the browser must not
// be sent anywhere else. With a form that another site posts, browsers do not send the session's cookie: that nobody seems to
// be signed in says nothing then, and whether it is so the page finds that comes next.
func (a *App) Authorize(ctx context.Context, cmd AuthorizeCommand) (Authorization, error) {
	client, err := a.target(ctx, cmd.Params)
	if err != nil {
		return Authorization{}, err
	}
	onDemand, err := a.refuseOnDemand(ctx, client.ID)
	if err != nil {
		return Authorization{}, err
	}
	request, refusal := domain.ParseRequest(client, cmd.Params)
	if refusal == nil {
		refusal = a.readHint(client, &request)
	}
	if refusal == nil {
		refusal = onDemand
	}
	if refusal != nil {
		return Authorization{Answer: a.refusal(request, refusal)}, nil
	}
	session := signedIn(ctx)
	view, err := a.evaluateNeeds(ctx, domain.Interaction{Request: request}, client, domain.Facts{Session: session, AtOnce: true})
	switch {
	case err != nil:
		return Authorization{}, err
	case len(view.Needs) == 0:
		return a.answerWithCode(ctx, view, *session)
	case request.Silent && (session != nil || !cmd.Posted):
		refusal := domain.SilentError(view.Needs[0])
		a.Refused.Add(refusal)
		return Authorization{Answer: a.refusal(request, &domain.OAuthError{Code: refusal})}, nil
	}
	if err := a.makeRoom(ctx, cmd.Old); err != nil {
		return Authorization{}, err
	}
	return a.beginInteraction(ctx, request)
}

// signedIn is the session of the browser that sends the request, which the gateway has just asked account for; nil: there is
// none.
func signedIn(ctx context.Context) *domain.Session {
	u, ok := rpc.UserOf(ctx)
	if !ok {
		return nil
	}
	return &domain.Session{
		ID: u.SessionID, AccountID: u.AccountID, Level: accountv1.Level(u.Level), AuthTime: u.AuthTime, AMR: u.AMR,
	}
}

// answerWithCode sends the browser back with a code. The browser that asks, that is signed in and that gets the code is one,
// by one request: no cookie and no ticket is needed to hold them together.
func (a *App) answerWithCode(ctx context.Context, v InteractionView, s domain.Session) (Authorization, error) {
	now := a.Now()
	// Replicas of the version before end the grant with the session's end in the code. It is known only once the code is
	// redeemed; until then no grant outlives offline access.
	s.ExpireTime = now.Add(a.Lifetimes.Refresh)
	r := v.Interaction.Request
	if v.Consent.Waited(r) {
		if err := a.endHeld(ctx, s.AccountID, r.ClientID); err != nil {
			return Authorization{}, err
		}
	}
	code := secret.NewToken().Reveal()
	err := a.Interactions.PutCode(ctx, secret.HashToken(code), a.codeFor(r, s, v.Consent.For(r), now), now)
	return Authorization{Answer: a.answer(r, url.Values{"code": {code}})}, err
}

// codeFor is what an authorization code that is issued now stands for.
func (a *App) codeFor(r domain.Request, s domain.Session, agreed domain.Consent, now time.Time) domain.Code {
	return domain.Code{
		ClientID: r.ClientID, RedirectURI: r.RedirectURI, Challenge: r.Challenge, Nonce: r.Nonce, Scopes: agreed.Scopes,
		Declined: agreed.Declined, Withdrawals: agreed.Withdrawals, Resources: r.Resources, IDClaims: r.IDClaims, Session: s,
		ExpireTime: now.Add(a.Lifetimes.Code),
	}
}

// beginInteraction leads the person to the pages.
func (a *App) beginInteraction(ctx context.Context, r domain.Request) (Authorization, error) {
	now := a.Now()
	browser := secret.New(cookies.Begun(secret.NewToken().Reveal(), now, r.ClientID))
	i := domain.Interaction{
		ID: secret.NewToken().Reveal(), Request: r, BeganAt: now.Truncate(time.Microsecond),
		ExpireTime: now.Add(a.Lifetimes.Interaction), BrowserHash: secret.HashToken(browser.Reveal()),
		Pending: a.pending(ctx, now),
	}
	if err := a.Interactions.PutInteraction(ctx, i, now); err != nil {
		return Authorization{}, err
	}
	return Authorization{
		URL: a.Issuer + "/interactions/" + i.ID, InteractionID: i.ID, Browser: browser,
	}, nil
}

// target finds the client and checks the redirect address.
func (a *App) target(ctx context.Context, p url.Values) (domain.Client, error) {
	ids, uris := p["client_id"], p["redirect_uri"]
	if len(ids) != 1 {
		return domain.Client{}, errUnknownClient()
	}
	c, err := a.knownClient(ctx, ids[0])
	if err != nil {
		return c, err
	}
	if len(uris) != 1 || !c.AllowsRedirect(uris[0]) {
		return c, errs.New(errorsv1.Reason_REDIRECT_URI_MISMATCH, "redirect_uri is not registered")
	}
	return c, nil
}

func errUnknownClient() error {
	return errs.New(errorsv1.Reason_CLIENT_UNKNOWN, "there is no such client")
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

// refusal tells the partner of an error.
func (a *App) refusal(r domain.Request, e *domain.OAuthError) *Answer {
	params := url.Values{"error": {e.Code}}
	if e.Description != "" {
		params.Set("error_description", e.Description)
	}
	return a.answer(r, params)
}

// answer adds the issuer (RFC 9207) and the state.
func (a *App) answer(r domain.Request, params url.Values) *Answer {
	params.Set("iss", a.Issuer)
	if r.State != "" {
		params.Set("state", r.State)
	}
	a.rememberedMisbehaviour(r.ClientID).Answer(params)
	return &Answer{Address: r.RedirectURI, Params: params, Mode: r.Mode, Language: r.Language}
}
