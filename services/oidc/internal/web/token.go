package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/propusk-id/propusk/services/internal/oauth"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/clientauth"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// token answers a client that wants tokens (RFC 6749 §3.2).
func (h *handler) token(w http.ResponseWriter, r *http.Request) {
	tokens, err := h.exchange(w, r)
	if err != nil {
		h.refuseClient(w, r, err)
		return
	}
	oauth.WriteJSON(w, http.StatusOK, tokenAnswer{
		Access: tokens.Access.Reveal(), Type: "Bearer", Life: int(tokens.Life.Seconds()),
		Refresh: tokens.Refresh.Reveal(), ID: tokens.ID.Reveal(), Scope: strings.Join(tokens.Scopes, " "),
	})
}

// refuseClient answers a client that calls by itself; one that tried HTTP Basic is told to (RFC 6749 §5.2).
func (h *handler) refuseClient(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *domain.OAuthError
	if errors.As(err, &refusal) && refusal.Code == domain.InvalidClient && r.Header.Get("Authorization") != "" {
		w.Header().Set("WWW-Authenticate", `Basic realm="propusk", charset="UTF-8"`)
	}
	h.refuse(w, r, err)
}

type tokenAnswer struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Life    int    `json:"expires_in"`
	Refresh string `json:"refresh_token,omitempty"`
	ID      string `json:"id_token,omitempty"`
	Scope   string `json:"scope,omitempty"`
}

// exchange goes through the phases of every kind of grant: authenticate the client, parse, check, issue.
func (h *handler) exchange(w http.ResponseWriter, r *http.Request) (app.Tokens, error) {
	client, p, err := h.caller(w, r)
	if err != nil {
		return app.Tokens{}, err
	}
	if err := h.app.TokensOnDemand(r.Context(), client.ID); err != nil {
		return app.Tokens{}, err
	}
	kind, err := h.grants.Find(p)
	if err != nil {
		return app.Tokens{}, err
	}
	check, err := kind.Parse(p)
	if err != nil {
		return app.Tokens{}, err
	}
	if !client.MayUse(kind.Type()) {
		return app.Tokens{}, &domain.OAuthError{
			Code: domain.UnauthorizedClient, Description: "the client's setting grant_types has no " + kind.Type(),
		}
	}
	basis, err := check(r.Context(), client)
	if err != nil {
		return app.Tokens{}, err
	}
	return h.app.Issue(r.Context(), client, basis)
}

// caller reads the form and authenticates the client, within its budget.
func (h *handler) caller(w http.ResponseWriter, r *http.Request) (domain.Client, url.Values, error) {
	client, p, err := h.authenticate(w, r)
	if tooMany := h.limits.client(r.Context(), client); tooMany != nil {
		return domain.Client{}, nil, tooMany
	}
	return client, p, err
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
	presented, err := clientauth.Read(r, p)
	if err != nil {
		return domain.Client{}, nil, err
	}
	if !h.app.RemembersClient(presented.ClientID()) {
		if err := h.limits.lookUp(r.Context()); err != nil {
			return domain.Client{}, nil, err
		}
	}
	client, found, err := h.app.FindClient(r.Context(), presented.ClientID())
	if err != nil {
		return domain.Client{}, nil, err
	}
	environment := clientauth.Environment{Issuer: h.app.Issuer, Now: h.app.Now(), Replay: h.app.Interactions}
	if err := presented.Check(r.Context(), client, found, environment); err != nil {
		return domain.Client{}, nil, err
	}
	return client, p, nil
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
