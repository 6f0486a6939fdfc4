package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	clientID = "sandbox-app"
	callback = "http://127.0.0.1/callback"
	scopes   = "openid profile offline_access"
)

// visitor is a browser with a signed-in person.
type visitor struct {
	*journey.Browser
	w       *world
	refresh string
}

// visitors prepares a browser for each worker.
func (w *world) visitors(ctx context.Context) ([]*visitor, error) {
	out := make([]*visitor, callers)
	for i := range out {
		b, err := journey.NewBrowser(w.url, w.http.Transport)
		if err != nil {
			return nil, err
		}
		partner := journey.Partner{URL: w.url, HTTP: w.http, Scopes: strings.Fields(scopes)[1:]}
		got, err := partner.Login(ctx, b, w.people[i].Phone)
		if err != nil {
			return nil, fmt.Errorf("to a partner: %w", err)
		}
		out[i] = &visitor{Browser: b, w: w, refresh: got.Token.RefreshToken}
	}
	return out, nil
}

// code is the whole flow of a signed-in person: the authorization endpoint, the consent that a public client needs each
// time, the redirect to the partner, and the token endpoint.
func (w *world) code(ctx context.Context, r *report) error {
	visitors, err := w.visitors(ctx)
	if err != nil {
		return err
	}
	return w.ordinary(ctx, r, "code flow of one signed in", timed(func(ctx context.Context, worker int) error {
		return visitors[worker].logIn(ctx)
	}))
}

// refresh has each worker follow the chain of one grant's refresh tokens.
func (w *world) refresh(ctx context.Context, r *report) error {
	visitors, err := w.visitors(ctx)
	if err != nil {
		return err
	}
	return w.ordinary(ctx, r, "refresh", timed(func(ctx context.Context, worker int) error {
		v := visitors[worker]
		next, err := v.exchange(ctx, url.Values{
			"grant_type": {"refresh_token"}, "client_id": {clientID}, "refresh_token": {v.refresh},
		})
		if err == nil {
			v.refresh = next.RefreshToken
		}
		return err
	}))
}

func (v *visitor) logIn(ctx context.Context) error {
	verifier := oauth2.GenerateVerifier()
	query := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {callback}, "scope": {scopes},
		"state": {verifier[:16]}, "nonce": {verifier[:16]}, "code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)},
		"code_challenge_method": {"S256"},
	}
	if err := v.Open(ctx, "/oauth2/authorize?"+query.Encode()); err != nil {
		return err
	}
	if err := v.Submit(ctx, map[string]string{"action": "allow"}); err != nil {
		return err
	}
	if v.Left == nil || v.Left.Query().Get("code") == "" {
		return errors.New("the way to the partner does not end with a code: " + v.Page.Text())
	}
	_, err := v.exchange(ctx, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {clientID}, "redirect_uri": {callback},
		"code": {v.Left.Query().Get("code")}, "code_verifier": {verifier},
	})
	return err
}

type tokens struct {
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
}

// exchange calls the token endpoint.
func (v *visitor) exchange(ctx context.Context, form url.Values) (tokens, error) {
	var out tokens
	body := strings.NewReader(form.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.w.url+"/oauth2/token", body)
	if err != nil {
		return out, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := v.w.http.Do(req)
	if err != nil {
		return out, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return out, fmt.Errorf("the token endpoint answers %s", resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, err
	}
	if out.IDToken == "" || out.RefreshToken == "" {
		return out, errors.New("a token is missing")
	}
	return out, nil
}
