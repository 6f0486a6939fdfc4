package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"golang.org/x/oauth2"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	callers  = 8
	clientID = "bench"
	callback = "http://127.0.0.1/bench/callback"
	scopes   = "openid profile offline_access"
	// pages is how many pages there may be between a partner's request and its answer.
	pages = 5
)

// partner is a confidential client of the platform, or of the minimal server.
type partner struct{ url, id, secret, callback string }

// visitor is a browser with a signed-in person, and the partner that the person goes to.
type visitor struct {
	*journey.Browser
	partner
	http *http.Client
	// phone is how the person signs in, if asked to.
	phone string
	last  tokens
	// requests counts those of browser and partner.
	requests *atomic.Int64
}

type tokens struct {
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
	AccessToken  string `json:"access_token"`
}

func newVisitor(p partner, transport http.RoundTripper) (*visitor, error) {
	v := &visitor{partner: p, requests: &atomic.Int64{}}
	counting := counter{next: transport, requests: v.requests}
	v.http = &http.Client{Transport: counting, Timeout: patience}
	var err error
	if v.Browser, err = journey.NewBrowser(p.url, counting); err == nil {
		v.StopAt = p.callback
	}
	return v, err
}

// counter counts requests.
type counter struct {
	next     http.RoundTripper
	requests *atomic.Int64
}

// RoundTrip counts.
func (c counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	return c.next.RoundTrip(r)
}

// visitors prepares a browser for each worker, whose person has signed in and consented.
func (w *world) visitors(ctx context.Context, people []*person) ([]*visitor, error) {
	out := make([]*visitor, callers)
	for i := range out {
		var err error
		p := partner{url: w.url, id: clientID, secret: w.clientSecret, callback: callback}
		if out[i], err = newVisitor(p, w.http.Transport); err != nil {
			return nil, err
		}
		out[i].phone = people[i%len(people)].Phone
		if err := out[i].logIn(ctx); err != nil {
			return nil, fmt.Errorf("to a partner: %w", err)
		}
	}
	return out, nil
}

// logIn is the whole flow: the authorization endpoint, whatever pages it shows, the redirect to the partner, and the token
// endpoint.
func (v *visitor) logIn(ctx context.Context) error {
	verifier := oauth2.GenerateVerifier()
	query := url.Values{
		"response_type": {"code"}, "client_id": {v.id}, "redirect_uri": {v.callback}, "scope": {scopes},
		"state": {verifier[:16]}, "nonce": {verifier[:16]}, "code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)},
		"code_challenge_method": {"S256"},
	}
	if err := v.Open(ctx, "/oauth2/authorize?"+query.Encode()); err != nil {
		return err
	}
	if err := v.answerPages(ctx); err != nil {
		return err
	}
	code := v.Left.Query().Get("code")
	if code == "" || v.Left.Query().Get("state") != verifier[:16] {
		return errors.New("the way to the partner ends without a code")
	}
	return v.exchange(ctx, url.Values{
		"grant_type": {"authorization_code"}, "redirect_uri": {v.callback}, "code": {code}, "code_verifier": {verifier},
	})
}

// answerPages signs in and agrees until the browser has left for the partner.
func (v *visitor) answerPages(ctx context.Context) error {
	for range pages {
		if v.Left != nil {
			return nil
		}
		form := map[string]string{"action": "allow"}
		if strings.Contains(v.Page.Body, `name="login"`) {
			form = map[string]string{"login": v.phone, "password": password}
		}
		if err := v.Submit(ctx, form); err != nil {
			return err
		}
	}
	return errors.New("the way to the partner does not end: " + v.Page.Text())
}

// renew uses the refresh token.
func (v *visitor) renew(ctx context.Context) error {
	return v.exchange(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {v.last.RefreshToken}})
}

// exchange calls the token endpoint.
func (v *visitor) exchange(ctx context.Context, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url()+"/oauth2/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(v.id), url.QueryEscape(v.secret))
	var got tokens
	if err := v.call(req, &got); err != nil {
		return err
	}
	if got.IDToken == "" || got.RefreshToken == "" || got.AccessToken == "" {
		return errors.New("a token is missing")
	}
	v.last = got
	return nil
}

func (v *visitor) url() string { return v.partner.url }

// userinfo asks who the person is.
func (v *visitor) userinfo(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url()+"/oauth2/userinfo", http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+v.last.AccessToken)
	var got struct {
		Sub       string `json:"sub"`
		GivenName string `json:"given_name"`
	}
	if err := v.call(req, &got); err != nil {
		return err
	}
	if got.Sub == "" || got.GivenName == "" {
		return errors.New("userinfo does not say who it is")
	}
	return nil
}

func (v *visitor) call(req *http.Request, out any) error {
	resp, err := v.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", req.URL.Path, resp.Status, body)
	}
	return json.Unmarshal(body, out)
}
