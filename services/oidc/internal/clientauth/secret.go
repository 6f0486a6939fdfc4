package clientauth

import (
	"context"
	"net/http"
	"net/url"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// basic is HTTP Basic with both parts form-encoded (RFC 6749 §2.3.1).
type basic struct{}

func (basic) Name() string { return domain.AuthSecretBasic }

func (basic) Read(r *http.Request, _ url.Values) (Credentials, bool, error) {
	if r.Header.Get("Authorization") == "" {
		return nil, false, nil
	}
	user, password, ok := r.BasicAuth()
	id, errID := url.QueryUnescape(user)
	plain, errSecret := url.QueryUnescape(password)
	if !ok || errID != nil || errSecret != nil {
		return nil, false, refused("client authentication failed: the header Authorization is not HTTP Basic with both parts form-encoded")
	}
	return withSecret{id, secret.New(plain)}, true, nil
}

// post is a secret in the form.
type post struct{}

func (post) Name() string { return domain.AuthSecretPost }

func (post) Read(_ *http.Request, form url.Values) (Credentials, bool, error) {
	if !form.Has("client_secret") {
		return nil, false, nil
	}
	return withSecret{form.Get("client_id"), secret.New(form.Get("client_secret"))}, true, nil
}

type withSecret struct {
	id    string
	plain secret.String
}

func (w withSecret) ClientID() string { return w.id }

// Verify compares all secrets, so that the time tells nothing. A secret is 256 random bits: one hash is enough.
func (w withSecret) Verify(_ context.Context, c domain.Client, e Environment) (bool, error) {
	known, hash := false, secret.HashToken(w.plain.Reveal())
	for _, s := range c.LiveSecrets(e.Now) {
		known = secret.Equal(hash, s.Hash) || known
	}
	return known, nil
}

// none is a public client's id alone.
type none struct{}

func (none) Name() string { return domain.AuthNone }

func (none) Read(r *http.Request, form url.Values) (Credentials, bool, error) {
	other := r.Header.Get("Authorization") != "" || form.Has("client_secret") || form.Has("client_assertion") || form.Has("client_assertion_type")
	return byName{form.Get("client_id")}, !other && form.Get("client_id") != "", nil
}

type byName struct{ id string }

func (b byName) ClientID() string { return b.id }

func (b byName) Verify(context.Context, domain.Client, Environment) (bool, error) { return true, nil }
