package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/internal/oauth"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// The grant types.
const (
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
)

// token checks the form and the client alike for every grant type before the grant itself.
func (h *handler) token(w http.ResponseWriter, r *http.Request) {
	tokens, err := h.exchange(w, r)
	if err != nil {
		var refusal *domain.OAuthError
		if errors.As(err, &refusal) && refusal.Code == domain.InvalidClient && r.Header.Get("Authorization") != "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="propusk", charset="UTF-8"`)
		}
		h.refuse(w, r, err)
		return
	}
	oauth.WriteJSON(w, http.StatusOK, tokenAnswer{
		Access: tokens.Access.Reveal(), Type: "Bearer", Life: int(tokens.Life.Seconds()),
		Refresh: tokens.Refresh.Reveal(), ID: tokens.ID.Reveal(), Scope: strings.Join(tokens.Scopes, " "),
	})
}

type tokenAnswer struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Life    int    `json:"expires_in"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Scope   string `json:"scope"`
}

func (h *handler) exchange(w http.ResponseWriter, r *http.Request) (app.Tokens, error) {
	client, p, err := h.authenticate(w, r)
	if tooMany := h.limits.client(r.Context(), client); tooMany != nil {
		return app.Tokens{}, tooMany
	}
	if err != nil {
		return app.Tokens{}, err
	}
	if err := h.app.TokensOnDemand(r.Context(), client.ID); err != nil {
		return app.Tokens{}, err
	}
	return h.grant(r.Context(), client, p)
}

// authenticate reads the form and finds the client; none if anything is wrong with either.
func (h *handler) authenticate(w http.ResponseWriter, r *http.Request) (domain.Client, url.Values, error) {
	p, err := form(w, r)
	if err != nil {
		return domain.Client{}, nil, err
	}
	if name, ok := domain.Repeated(p); ok {
		return domain.Client{}, nil, invalidRequest("a parameter is repeated: " + printable(name))
	}
	credentials, err := credentialsOf(r, p)
	if err != nil {
		return domain.Client{}, nil, err
	}
	if !h.app.RemembersClient(credentials.ClientID) {
		if err := h.limits.lookUp(r.Context()); err != nil {
			return domain.Client{}, nil, err
		}
	}
	client, err := h.app.AuthenticateClient(r.Context(), credentials)
	return client, p, err
}

func (h *handler) grant(ctx context.Context, client domain.Client, p url.Values) (app.Tokens, error) {
	switch p.Get("grant_type") {
	case grantCode:
		cmd := app.RedeemCommand{
			Code: p.Get("code"), RedirectURI: p.Get("redirect_uri"), Verifier: p.Get("code_verifier"),
		}
		return h.app.Redeem(ctx, client, cmd)
	case grantRefresh:
		return h.app.Refresh(ctx, client, app.RefreshCommand{Token: p.Get("refresh_token"), Scope: p.Get("scope")})
	case "":
		return app.Tokens{}, invalidRequest("grant_type is missing")
	default:
		return app.Tokens{}, &domain.OAuthError{
			Code: domain.UnsupportedGrant, Description: "grant_type is authorization_code or refresh_token",
		}
	}
}

func invalidRequest(description string) error {
	return &domain.OAuthError{Code: domain.InvalidRequest, Description: description}
}

// printable replaces characters that error_description must not have.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, s)
}

// credentialsOf reads what the client presents: HTTP Basic with both parts form-encoded (RFC 6749 §2.3.1), or, for a
// public client, client_id in the form. A secret in the form is refused: one way is enough.
func credentialsOf(r *http.Request, p url.Values) (app.Credentials, error) {
	refused := &domain.OAuthError{Code: domain.InvalidClient, Description: "client authentication failed"}
	if r.Header.Get("Authorization") == "" {
		if p.Has("client_secret") {
			return app.Credentials{}, refused
		}
		return app.Credentials{ClientID: p.Get("client_id")}, nil
	}
	user, password, ok := r.BasicAuth()
	id, errID := url.QueryUnescape(user)
	plain, errSecret := url.QueryUnescape(password)
	if !ok || errID != nil || errSecret != nil {
		return app.Credentials{}, refused
	}
	if p.Has("client_secret") || (p.Has("client_id") && p.Get("client_id") != id) {
		return app.Credentials{}, invalidRequest("the client presents two identities")
	}
	return app.Credentials{ClientID: id, Secret: secret.New(plain), Basic: true}, nil
}
