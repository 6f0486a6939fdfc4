package oidc_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// tokenFrom asks for a token from an address; an empty secret is none.
func (w *world) tokenFrom(ip, client, secret string) *httptest.ResponseRecorder {
	b := w.browser().from(ip)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"none"}}
	if secret == "" {
		form.Set("client_id", client)
	} else {
		basic := url.QueryEscape(client) + ":" + url.QueryEscape(secret)
		b.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(basic)))
	}
	return b.post("/oauth2/token", form)
}

// wantSlowDown is the protocol's refusal, which libraries understand.
func wantSlowDown(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	seconds, err := strconv.Atoi(rec.Header().Get("Retry-After"))
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Content-Type") != "application/json" || err != nil || seconds < 1 ||
		!strings.Contains(rec.Body.String(), `"error":"temporarily_unavailable"`) || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
}

// A partner's servers share their address with others; what those do is not held against them.
func TestEveryClientHasItsOwnBudget(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_CLIENT_REQUESTS_PER_MINUTE", "5", "PROPUSK_OIDC_REQUESTS_PER_MINUTE", "3")
	w.client()
	w.client(func(r *registered) { r.ClientId = "bank" })
	w.client(public)
	const address = "203.0.113.7"
	for _, try := range []struct{ client, secret string }{{"agency", "wrong"}, {"nobody", "x"}, {"spa", ""}} {
		if rec := w.tokenFrom(address, try.client, try.secret); rec.Code != http.StatusUnauthorized && rec.Code != http.StatusBadRequest {
			t.Errorf("%v: %d %s", try, rec.Code, rec.Body)
		}
	}
	wantSlowDown(t, w.tokenFrom(address, "agency", "wrong"))
	wantSlowDown(t, w.tokenFrom(address, "spa", ""))
	wantSlowDown(t, w.browser().from(address).post("/oauth2/token", url.Values{"x": {"1", "2"}}))
	if rec := w.tokenFrom("203.0.113.8", "spa", ""); rec.Code != http.StatusBadRequest {
		t.Errorf("another address: %d %s", rec.Code, rec.Body)
	}
	for range 5 {
		if rec := w.tokenFrom(address, "agency", theirKey); rec.Code != http.StatusBadRequest {
			t.Errorf("a client behind that address: %d %s", rec.Code, rec.Body)
		}
	}
	wantSlowDown(t, w.tokenFrom("203.0.113.9", "agency", theirKey))
	if rec := w.tokenFrom(address, "bank", theirKey); rec.Code != http.StatusBadRequest {
		t.Errorf("another client: %d %s", rec.Code, rec.Body)
	}
}

// Names that nobody has are looked up no more often than a client may ask; who is remembered is not looked up.
func TestMadeUpClientsAreLookedUpWithinLimits(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_CLIENT_REQUESTS_PER_MINUTE", "5", "PROPUSK_OIDC_REQUESTS_PER_MINUTE", "1000")
	w.client()
	const address = "203.0.113.7"
	for i := range 5 {
		client, want := "made-up-"+strconv.Itoa(i), http.StatusUnauthorized
		if i == 4 {
			client, want = "agency", http.StatusBadRequest
		}
		if rec := w.tokenFrom(address, client, theirKey); rec.Code != want {
			t.Errorf("%s: %d %s", client, rec.Code, rec.Body)
		}
	}
	wantSlowDown(t, w.tokenFrom(address, "made-up", theirKey))
	wantSlowDown(t, w.tokenFrom(address, "made-up", ""))
	if rec := w.tokenFrom(address, "agency", theirKey); rec.Code != http.StatusBadRequest {
		t.Errorf("a client that is remembered: %d %s", rec.Code, rec.Body)
	}
	if rec := w.tokenFrom("203.0.113.8", "made-up", theirKey); rec.Code != http.StatusUnauthorized {
		t.Errorf("another address: %d %s", rec.Code, rec.Body)
	}
}

func TestMadeUpOriginsAreLookedUpWithinLimits(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_CLIENT_REQUESTS_PER_MINUTE", "4", "PROPUSK_OIDC_REQUESTS_PER_MINUTE", "1000")
	w.client(public)
	ask := func(ip, origin string) *httptest.ResponseRecorder {
		b := w.browser().from(ip)
		b.header.Set("Origin", origin)
		return b.get("/oauth2/userinfo")
	}
	own := domain.Origin(callback)
	for _, origin := range []string{own, "https://a.example", "https://b.example", "https://c.example"} {
		rec := ask("203.0.113.7", origin)
		if allowed := rec.Header().Get("Access-Control-Allow-Origin"); rec.Code != http.StatusUnauthorized || (allowed == own) != (origin == own) {
			t.Errorf("%s: %d, allowed %q", origin, rec.Code, allowed)
		}
	}
	wantSlowDown(t, ask("203.0.113.7", "https://d.example"))
	if rec := ask("203.0.113.7", own); rec.Header().Get("Access-Control-Allow-Origin") != own {
		t.Errorf("an origin that is remembered: %d", rec.Code)
	}
}

func TestUserinfoIsCountedPerGrant(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_REQUESTS_PER_MINUTE", "3")
	c := w.client()
	one, other := w.tokens(c).Access, w.tokens(c).Access
	ask := func(token string) *httptest.ResponseRecorder {
		b := w.browser().from("203.0.113.7")
		b.header.Set("Authorization", "Bearer "+token)
		return b.get("/oauth2/userinfo")
	}
	for range 3 {
		if rec := ask("made up"); rec.Code != http.StatusUnauthorized {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
	wantSlowDown(t, ask("made up"))
	for range 3 {
		if rec := ask(one); rec.Code != http.StatusOK {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
	wantSlowDown(t, ask(one))
	if rec := ask(other); rec.Code != http.StatusOK {
		t.Errorf("another's: %d %s", rec.Code, rec.Body)
	}
}

// A client has the budget that its operator gives it, instead of the installation's.
func TestAClientsOwnRate(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.RequestsPerMinute = 2 })
	for range 2 {
		if rec := w.tokenFrom("203.0.113.7", "agency", theirKey); rec.Code != http.StatusBadRequest {
			t.Errorf("within its budget: %d %s", rec.Code, rec.Body)
		}
	}
	wantSlowDown(t, w.tokenFrom("203.0.113.8", "agency", theirKey))
}
