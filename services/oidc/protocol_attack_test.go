package oidc_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// Every answer says whose it is, so that a client of several servers takes none for another's (RFC 9207).
func TestAttackMixUp(t *testing.T) {
	w := start(t)
	w.tokens(w.client())
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"a code":                   w.at(w.session).get(authorize("agency")),
		"an error":                 w.browser().get(authorize("agency", "prompt", "none")),
		"a refusal of the request": w.browser().get(authorize("agency", "response_type", "token")),
	} {
		if a := answer(t, rec); a.Get("iss") != issuer {
			t.Errorf("%s is of %q", name, a.Get("iss"))
		}
	}
	for name, pairs := range map[string][]string{"a code": nil, "an error": {"acr_values", "x", "max_age", "x"}} {
		if a := posted(t, w.at(w.session).get(authorize("agency", append(pairs, "response_mode", "form_post")...))); a.Get("iss") != issuer {
			t.Errorf("posted, %s is of %q", name, a.Get("iss"))
		}
	}
}

// A code that was stolen helps in no other sign-in: by PKCE it is refused, and without PKCE the ID token has the other's nonce.
func TestAttackCodeInjection(t *testing.T) {
	w := start(t)
	c := w.client(func(r *registered) { r.Pkce = oidcv1.Client_OPTIONAL })
	stolen := w.code(request("agency"))
	other := strings.Repeat("x", 43)
	w.wantError(w.redeem(c, stolen, "code_verifier", other), badRequest, "invalid_grant")
	bare := w.code(request("agency", "nonce", "the victim's", "code_challenge", "", "code_challenge_method", ""))
	if nonce := claims(t, w.redeem(c, bare, "code_verifier", "").ID)["nonce"]; nonce != "the victim's" {
		t.Errorf("nonce %v", nonce)
	}
}

// Addresses that look like a registered one, or that other parsers make one of, are not it.
func TestAttackLookalikeAddresses(t *testing.T) {
	w := start(t)
	w.client()
	for _, address := range []string{
		"https://agency.example.ru/callback/", "https://agency.example.ru/callback?", "https://agency.example.ru/callback#",
		"https://AGENCY.example.ru/callback", "HTTPS://agency.example.ru/callback", "https://agency.example.ru:443/callback",
		"https://аgency.example.ru/callback", "https://agency。example.ru/callback", "https://agency.example.ru\u200b/callback",
		"https://agency.example.ru/%63allback", "https://agency.example.ru/x/../callback", "https://agency.example.ru\\@evil.ru/callback",
		"https://agency.example.ru@evil.ru/callback", "https://evil.ru/https://agency.example.ru/callback", " " + callback, callback + "\x00",
		callback + "%00", "//agency.example.ru/callback", "https:agency.example.ru/callback", "https://agency.example.ru./callback",
	} {
		rec := w.browser().get(authorize("agency", "redirect_uri", address))
		wantRefusal(t, rec, http.StatusBadRequest, errorsv1.Reason_REDIRECT_URI_MISMATCH)
	}
}

// Tokens are verified by our own key that they name and by that key's algorithm; nothing else in a header counts.
func TestAttackForgedTokens(t *testing.T) {
	w := start(t)
	c := w.client()
	a := w.tokens(c)
	parts := strings.Split(a.Access, ".")
	kids := w.published()
	forge := func(header map[string]any, method jwt.SigningMethod, key any) string {
		token := jwt.NewWithClaims(method, claims(t, a.Access))
		for name, value := range header {
			token.Header[name] = value
		}
		signed, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt","kid":"` + kids["ES256"][0] + `"}`))
	for name, token := range map[string]string{
		"none":                  none + "." + parts[1] + ".",
		"HMAC with nothing":     forge(map[string]any{"typ": "at+jwt", "kid": kids["RS256"][0]}, jwt.SigningMethodHS256, []byte("")),
		"HMAC with the kid":     forge(map[string]any{"typ": "at+jwt", "kid": kids["RS256"][0]}, jwt.SigningMethodHS256, []byte(kids["RS256"][0])),
		"an ID token":           a.ID,
		"a refresh token":       a.Refresh,
		"with no signature":     parts[0] + "." + parts[1] + ".",
		"with an ID token's":    parts[0] + "." + parts[1] + "." + strings.Split(a.ID, ".")[2],
		"with another's header": strings.Split(a.ID, ".")[0] + "." + parts[1] + "." + parts[2],
		"twice":                 a.Access + "." + a.Access,
		"very long":             strings.Repeat("a", 7<<10),
	} {
		if status, _ := w.userinfo(token); status != http.StatusUnauthorized {
			t.Errorf("%s: userinfo %d", name, status)
		}
		if _, got := w.introspect(c, token); name != "a refresh token" && got["active"] != false {
			t.Errorf("%s: introspection %v", name, got)
		}
		if name == "an ID token" {
			continue // as a hint it is right
		}
		if hinted := answer(t, w.browser().get(authorize("agency", "id_token_hint", token))); hinted.Get("error") != "invalid_request" {
			t.Errorf("%s: as a hint %v", name, hinted)
		}
	}
}

// Each endpoint that clients call takes one form, of one size, with each parameter once.
func TestAttackForms(t *testing.T) {
	w := start(t)
	c := w.client()
	for _, path := range []string{"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"} {
		send := func(kind, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header.Set("Authorization", basicAuth(c))
			if kind != "" {
				r.Header.Set("Content-Type", kind)
			}
			return w.browser().do(r)
		}
		const form = "application/x-www-form-urlencoded"
		for name, rec := range map[string]*httptest.ResponseRecorder{
			"JSON":         send("application/json", `{"token":"x"}`),
			"multipart":    send("multipart/form-data; boundary=x", "--x--"),
			"no type":      send("", "token=x"),
			"an odd type":  send("application/x-www-form-urlencoded2", "token=x"),
			"twice":        send(form, "token=x&token=y"),
			"twice, empty": send(form, "token=x&token="),
			"oversize":     send(form, "token="+strings.Repeat("x", 9<<10)),
			"odd encoding": send(form, "token=%zz"),
			"semicolons":   send(form, "token=x;y=z"),
		} {
			if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "invalid_request") {
				t.Errorf("%s, %s: %d %s", path, name, rec.Code, rec.Body)
			}
		}
		if rec := w.browser().get(path + "?token=x"); rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET %s: %d", path, rec.Code)
		}
	}
	long := url.Values{"x": {strings.Repeat("x", 9<<10)}}
	if rec := w.browser().get("/oauth2/authorize?" + long.Encode()); rec.Code != http.StatusBadRequest {
		t.Errorf("an oversize request: %d", rec.Code)
	}
}

// What a client may not have any more, it does not get by what it was granted before.
func TestAttackOldGrants(t *testing.T) {
	w := start(t)
	c := w.client(func(r *registered) { r.Audiences = []string{api} })
	a := w.redeem(c, w.code(request("agency", "scope", "openid email snils offline_access", "resource", api)))
	w.client(func(r *registered) { r.Audiences = []string{"https://other.example.ru/"} })
	w.wantError(w.refresh(c, a.Refresh), badRequest, "invalid_target")
	w.client(func(r *registered) {
		r.Audiences, r.Scopes = []string{api}, []string{"openid", "email", "offline_access"}
	})
	next := w.refresh(c, a.Refresh)
	if next.Scope != "openid email offline_access" || claims(t, next.Access)["scope"] != next.Scope {
		t.Errorf("scope %q: %s", next.Scope, next.Error)
	}
	w.wantError(w.refresh(c, next.Refresh, "scope", "openid snils"), badRequest, "invalid_scope")
	w.client(func(r *registered) { r.Audiences, r.GrantTypes = []string{api}, []string{"authorization_code"} })
	w.wantError(w.refresh(c, next.Refresh), badRequest, "unauthorized_client")
}
