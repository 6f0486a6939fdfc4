package oidc_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/oidc"
)

func (w *world) document(path string) map[string]any {
	w.t.Helper()
	rec := w.browser().get(path)
	var doc map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || rec.Code != http.StatusOK {
		w.t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	if rec.Header().Get("Access-Control-Allow-Origin") != "*" || rec.Header().Get("Access-Control-Allow-Credentials") != "" {
		w.t.Errorf("%s: headers %v", path, rec.Header())
	}
	return doc
}

func TestDiscovery(t *testing.T) {
	w := start(t)
	doc := w.document("/.well-known/openid-configuration")
	for name, want := range map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + "/oauth2/authorize", "token_endpoint": issuer + "/oauth2/token",
		"userinfo_endpoint": issuer + "/oauth2/userinfo", "jwks_uri": issuer + "/oauth2/jwks",
		"end_session_endpoint": issuer + "/oauth2/logout", "request_parameter_supported": false,
		"request_uri_parameter_supported": false, "claims_parameter_supported": true,
		"introspection_endpoint": issuer + "/oauth2/introspect", "revocation_endpoint": issuer + "/oauth2/revoke",
		"frontchannel_logout_supported": true, "frontchannel_logout_session_supported": true,
		"backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
		"authorization_response_iss_parameter_supported": true,
	} {
		if doc[name] != want {
			t.Errorf("%s is %v, want %v", name, doc[name], want)
		}
	}
	for name, want := range map[string][]any{
		"response_types_supported": {"code"}, "code_challenge_methods_supported": {"S256"},
		"grant_types_supported":                 {"authorization_code", "refresh_token", "client_credentials"},
		"response_modes_supported":              {"query", "form_post"},
		"id_token_signing_alg_values_supported": {"RS256", "ES256", "PS256", "EdDSA"},
		"token_endpoint_auth_methods_supported": {"client_secret_basic", "client_secret_post", "private_key_jwt", "none"},
		"subject_types_supported":               {"pairwise", "public"},
		"acr_values_supported":                  {"simplified", "standard", "confirmed"},
		"prompt_values_supported":               {"none", "login", "consent", "select_account"},
		"scopes_supported":                      {"openid", "profile", "email", "phone", "address", "snils", "id_doc", "offline_access"},
	} {
		if got, _ := doc[name].([]any); !slices.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if other := w.document("/.well-known/oauth-authorization-server"); other["issuer"] != issuer {
		t.Errorf("RFC 8414: %v", other)
	}
}

// published are the ids of the key set by algorithm.
func (w *world) published() map[string][]string {
	w.t.Helper()
	keys, _ := w.document("/oauth2/jwks")["keys"].([]any)
	out := map[string][]string{}
	for _, k := range keys {
		key, _ := k.(map[string]any)
		alg, _ := key["alg"].(string)
		id, _ := key["kid"].(string)
		out[alg] = append(out[alg], id)
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if key[private] != nil {
				w.t.Errorf("key %s shows %s", id, private)
			}
		}
	}
	return out
}

func keyOf(t *testing.T, token string) string {
	t.Helper()
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := parsed.Header["kid"].(string)
	return id
}

func TestKeysSurviveARestart(t *testing.T) {
	w := start(t)
	before := w.published()
	if len(before["ES256"]) != 1 || len(before["RS256"]) != 1 {
		t.Fatalf("published %v", before)
	}
	a := w.tokens(w.client())
	w.Restart()
	w.dial()
	if after := w.published(); after["ES256"][0] != before["ES256"][0] || after["RS256"][0] != before["RS256"][0] {
		t.Errorf("published %v, then %v", before, after)
	}
	if status, _ := w.userinfo(a.Access); status != http.StatusOK {
		t.Errorf("a token from before: %d", status)
	}
}

// TestKeysRotate goes through the life of a key: a successor is published a day before it signs, and its
// predecessor until a day after.
func TestKeysRotate(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_MAINTAIN", "5ms")
	c := w.client(func(r *registered) { r.IdTokenAlg = "ES256" })
	first := w.published()["ES256"][0]
	awaitKeys := func(want ...int) []string {
		t.Helper()
		var got []string
		testkit.Eventually(t, "the key set", func() bool {
			got = w.published()["ES256"]
			return slices.Contains(want, len(got))
		})
		return got
	}
	old := w.tokens(c)
	w.Clock.Advance(6*24*time.Hour - time.Second)
	if got := awaitKeys(1); got[0] != first {
		t.Fatalf("published %v", got)
	}
	w.Clock.Advance(time.Second)
	second := awaitKeys(2)[1]
	w.session = w.signIn(3)
	if got := keyOf(t, w.tokens(c).ID); got != first {
		t.Error("the new key signs at once")
	}
	w.Clock.Advance(24 * time.Hour)
	w.session = w.signIn(3)
	fresh := w.tokens(c)
	if got := keyOf(t, fresh.ID); got != second {
		t.Error("the new key does not sign")
	}
	if got := awaitKeys(2); got[0] != first {
		t.Errorf("the old key is hidden at once: %v", got)
	}
	w.Clock.Advance(24 * time.Hour)
	if got := awaitKeys(1); got[0] != second {
		t.Errorf("published %v", got)
	}
	// The old one still tells whose an ID token of that time is.
	w.logout(map[string][]string{"id_token_hint": {old.ID}})
	if status, _ := w.userinfo(fresh.Access); status != unauthorized {
		t.Errorf("an access token a day old: %d", status)
	}
}

func TestKeysAreSealed(t *testing.T) {
	w := start(t)
	rows, err := w.Pool().Query(w.ctx, `SELECT id, private_key FROM oidc.signing_keys`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var id string
		var key []byte
		if err := rows.Scan(&id, &key); err != nil {
			t.Fatal(err)
		}
		if n++; len(key) > 0 && key[0] == 0x30 { // what every PKCS #8 begins with
			t.Errorf("key %s lies in the open", id)
		}
	}
	if n != 4 {
		t.Errorf("%d keys", n)
	}
}

func TestClientChoosesRS256(t *testing.T) {
	w := start(t)
	c := w.client(func(r *registered) { r.IdTokenAlg = "RS256" })
	a := w.tokens(c)
	keys := w.published()
	if keyOf(t, a.ID) != keys["RS256"][0] || keyOf(t, a.Access) != keys["ES256"][0] {
		t.Error("signed with other keys than the client's choice")
	}
}

func TestCORS(t *testing.T) {
	w := start(t)
	w.client()
	w.client(public, func(r *registered) { r.RedirectUris = []string{"https://spa.example.ru:8443/cb"} })
	for origin, good := range map[string]bool{
		"https://spa.example.ru:8443": true, "https://spa.example.ru": false, "https://spa.example.ru:8443/": false,
		"https://agency.example.ru": false, "null": false, "https://evil.ru": false, "https://\xff": false,
	} {
		for _, path := range []string{"/oauth2/token", "/oauth2/userinfo"} {
			for _, method := range []string{http.MethodOptions, http.MethodPost} {
				r := httptest.NewRequest(method, path, nil)
				r.Header.Set("Origin", origin)
				rec := w.browser().do(r)
				header := rec.Header()
				if rec.Code >= http.StatusInternalServerError {
					t.Errorf("%s %s from %q: %d", method, path, origin, rec.Code)
				}
				if got := header.Get("Access-Control-Allow-Origin"); (got == origin) != good || (got == "") == good {
					t.Errorf("%s %s from %s: %q", method, path, origin, got)
				}
				if header.Get("Access-Control-Allow-Credentials") != "" || header.Get("Vary") != "Origin" {
					t.Errorf("%s %s: headers %v", method, path, header)
				}
				if allowed := header.Get("Access-Control-Allow-Headers"); method == http.MethodOptions && good != (allowed != "") {
					t.Errorf("%s: allowed headers %q", path, allowed)
				}
			}
		}
	}
}

// A browser application in development runs on any port of the host that its client is registered for, and no other.
func TestCORSOnLoopback(t *testing.T) {
	w := start(t)
	w.client(func(r *registered) { r.RedirectUris = []string{"http://localhost:4000/cb"} }) // confidential
	known := func(origin string) bool {
		r := httptest.NewRequest(http.MethodOptions, "/oauth2/token", nil)
		r.Header.Set("Origin", origin)
		return w.browser().do(r).Header().Get("Access-Control-Allow-Origin") == origin
	}
	if err := errors.Join(w.forgetClient("sandbox-app"), w.forgetClient("sandbox-page")); err != nil {
		t.Fatal(err)
	}
	for address, origins := range map[string]map[string]bool{
		"http://127.0.0.1:5555/callback": {
			"http://127.0.0.1:5173": true, "http://127.0.0.1:5555": true, "http://127.0.0.1": true,
			"http://localhost:5173": false, "http://[::1]:5173": false, "https://127.0.0.1:5173": false,
			"http://127.0.0.1:": false, "http://127.0.0.1:123456": false, "http://127.0.0.1:80x": false,
			"http://127.0.0.1.evil.ru": false, "http://127.0.0.1:80@evil.ru": false, "http://127.0.0.1:5173/": false,
			"http://127.0.0.12": false, "http://127.0.0.2:5173": false,
		},
		"http://[::1]/callback":          {"http://[::1]:5173": true, "http://[::1]": true, "http://127.0.0.1:5173": false},
		"http://localhost:3000/callback": {"http://localhost:5173": true, "http://127.0.0.1:5173": false, "http://localhost.evil.ru": false},
		"https://spa.example.ru/cb":      {"https://spa.example.ru:5173": false, "http://localhost:4000": false, "http://localhost:5173": false},
	} {
		w.client(public, func(r *registered) { r.RedirectUris = []string{address} })
		for origin, want := range origins {
			if got := known(origin); got != want {
				t.Errorf("%s, origin %s: %t", address, origin, got)
			}
		}
	}
}

// forgetClient removes a client that others would be mistaken for.
func (w *world) forgetClient(id string) error {
	_, err := w.Pool().Exec(w.ctx, `DELETE FROM oidc.clients WHERE id = $1`, id)
	return err
}

// Keys that an operator wants to be rid of are followed by others, which sign once everybody has had the time to read them.
func TestAnOperatorRotatesKeys(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_MAINTAIN", "5ms")
	c := w.client()
	before := w.published()
	conn, err := pgx.ConnectConfig(w.ctx, w.Pool().Config().ConnConfig)
	if err == nil {
		_, err = conn.Exec(w.ctx, `SET search_path = oidc`)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(w.ctx) }()
	for range 2 {
		if err := oidc.RotateKeys(w.ctx, conn, w.Clock.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	for _, alg := range []string{"RS256", "ES256", "PS256", "EdDSA"} {
		testkit.Eventually(t, "the next key of "+alg, func() bool { return len(w.published()[alg]) == 2 })
	}
	if got := keyOf(t, w.tokens(c).ID); got != before["RS256"][0] {
		t.Error("the new key signs at once")
	}
	w.Clock.Advance(24 * time.Hour)
	w.session = w.signIn(3)
	testkit.Eventually(t, "the new key signs", func() bool { return keyOf(t, w.tokens(c).ID) != before["RS256"][0] })
	if got := w.published()["RS256"]; len(got) != 2 || got[0] != before["RS256"][0] {
		t.Errorf("published %v", got)
	}
}
