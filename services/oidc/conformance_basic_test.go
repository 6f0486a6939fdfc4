package oidc_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/testkit"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc"
)

func TestConformanceBasic(t *testing.T) { run(t, "", basicModules()) }

// The form post plan is the basic one with response_mode=form_post.
func TestConformanceFormPostBasic(t *testing.T) { run(t, "form_post", basicModules()) }

func basicModules() map[string]module {
	return map[string]module{
		"oidcc-server":                (*suite).server,
		"oidcc-response-type-missing": (*suite).responseTypeMissing,
		"oidcc-userinfo-get":          func(s *suite) { s.userinfoBy(http.MethodGet, false) },
		"oidcc-userinfo-post-header":  func(s *suite) { s.userinfoBy(http.MethodPost, false) },
		"oidcc-userinfo-post-body":    func(s *suite) { s.userinfoBy(http.MethodPost, true) },
		"oidcc-idtoken-signature":     (*suite).idTokenSignature,

		"oidcc-scope-profile": func(s *suite) { s.scope("openid profile", "name", "family_name", "given_name", "gender", "birthdate") },
		"oidcc-scope-email":   func(s *suite) { s.scope("openid email", "email", "email_verified") },
		"oidcc-scope-phone":   func(s *suite) { s.scope("openid phone", "phone_number", "phone_number_verified") },
		"oidcc-scope-address": func(s *suite) { s.scope("openid address", "address") },
		"oidcc-scope-all": func(s *suite) {
			s.scope("openid profile email phone address", "name", "email", "phone_number", "address")
		},

		"oidcc-ensure-request-with-unknown-parameter-succeeds": func(s *suite) { s.flow("extra", "foobar") },
		"oidcc-ensure-request-with-acr-values-succeeds":        (*suite).acrValues,
		"oidcc-ensure-request-with-valid-pkce-succeeds":        (*suite).validPKCE,
		"oidcc-max-age-1":                 (*suite).maxAge1,
		"oidcc-max-age-10000":             (*suite).maxAge10000,
		"oidcc-prompt-login":              (*suite).promptLogin,
		"oidcc-prompt-none-logged-in":     func(s *suite) { s.silently() },
		"oidcc-prompt-none-not-logged-in": (*suite).notLoggedIn,
		"oidcc-id-token-hint":             (*suite).idTokenHint,
		"oidcc-login-hint":                (*suite).loginHint,
		"oidcc-claims-essential":          (*suite).claimsEssential,

		"oidcc-codereuse":           (*suite).codeReuse,
		"oidcc-codereuse-30seconds": (*suite).codeReuse30Seconds,

		"oidcc-ensure-registered-redirect-uri":               func(s *suite) { s.refusedHere(s.ask("redirect_uri", suiteCallback+"/x")) },
		"oidcc-ensure-redirect-uri-in-authorization-request": func(s *suite) { s.refusedHere(s.ask("redirect_uri", "")) },
		"oidcc-redirect-uri-query-OK":                        (*suite).redirectQueryOK,
		"oidcc-redirect-uri-query-added":                     func(s *suite) { s.refusedHere(s.ask("redirect_uri", suiteCallback+"?foo=bar")) },
		"oidcc-redirect-uri-query-mismatch":                  (*suite).redirectQueryMismatch,
		"oidcc-redirect-uri-regfrag":                         (*suite).redirectFragment,

		"oidcc-refresh-token":                 (*suite).refreshToken,
		"oidcc-refresh-token-rp-key-rotation": (*suite).clientRotatesKeys,
		"oidcc-server-rotate-keys":            (*suite).serverRotatesKeys,

		"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": (*suite).unsignedRequestObject,
	}
}

func (s *suite) server() {
	a := s.flow()
	status, info := s.userinfo(a.Access)
	if status != http.StatusOK || info["sub"] != claims(s.t, a.ID)["sub"] {
		s.t.Errorf("userinfo: %d %v", status, info)
	}
}

func (s *suite) responseTypeMissing() {
	v := s.ask("response_type", "")
	if a := s.read(s.browser().get("/oauth2/authorize?" + v.Encode())); a.Get("error") != "invalid_request" || a.Get("state") != v.Get("state") {
		s.t.Errorf("the answer is %v", a)
	}
}

func (s *suite) userinfoBy(method string, inBody bool) {
	a := s.flow()
	b := s.browser()
	form := url.Values{}
	if inBody {
		form.Set("access_token", a.Access)
	} else {
		b.header.Set("Authorization", "Bearer "+a.Access)
	}
	rec := b.get("/oauth2/userinfo")
	if method == http.MethodPost {
		rec = b.post("/oauth2/userinfo", form)
	}
	var info map[string]any
	err := json.Unmarshal(rec.Body.Bytes(), &info)
	if err != nil || rec.Code != http.StatusOK || info["sub"] != claims(s.t, a.ID)["sub"] {
		s.t.Errorf("%d %s, %v", rec.Code, rec.Body, err)
	}
}

func (s *suite) idTokenSignature() {
	if kid := keyOf(s.t, s.flow().ID); !slices.Contains(s.published()["RS256"], kid) {
		s.t.Errorf("signed with %s, which is not published for RS256", kid)
	}
}

func (s *suite) scope(scope string, want ...string) {
	_, info := s.userinfo(s.flow("scope", scope).Access)
	for _, claim := range want {
		if info[claim] == nil {
			s.t.Errorf("%s gives no %s: %v", scope, claim, info)
		}
	}
}

func (s *suite) acrValues() {
	if acr := claims(s.t, s.flow("acr_values", "1 2").ID)["acr"]; acr != "confirmed" {
		s.t.Errorf("acr %v", acr)
	}
}

func (s *suite) validPKCE() {
	good := request("x")
	v := s.ask("code_challenge", good.Get("code_challenge"), "code_challenge_method", "S256")
	if a := s.exchange(s.visit(v).Get("code"), "code_verifier", verifier); a.status != http.StatusOK {
		s.t.Errorf("%d %s", a.status, a.Error)
	}
}

// again begins a request which has to make the person sign in anew, and finishes it once they have.
func (s *suite) again(pairs ...string) tokenAnswer {
	s.t.Helper()
	v := s.ask(pairs...)
	b := s.at(s.session)
	id := s.begin(b, v)
	if needs := s.needs(id, s.session); !slices.Contains(needs, oidcv1.Need_LOGIN) {
		s.t.Errorf("needs %v, no sign-in", needs)
	}
	s.Clock.Advance(time.Second)
	s.signInAgain()
	return s.finish(v, s.read(b.get(s.decide(id, s.session, oidcv1.Decision_ALLOW, "openid"))))
}

func (s *suite) maxAge1() {
	first := s.flow()
	s.Clock.Advance(2 * time.Second)
	if second := s.again("max_age", "1"); !s.authTime(second).After(s.authTime(first)) {
		s.t.Error("auth_time is not later")
	}
}

func (s *suite) maxAge10000() {
	first := s.flow()
	s.Clock.Advance(2 * time.Second)
	v := s.ask("max_age", "10000")
	second := s.finish(v, s.read(s.at(s.session).get("/oauth2/authorize?"+v.Encode())))
	if !s.authTime(second).Equal(s.authTime(first)) {
		s.t.Error("auth_time differs although nobody signed in again")
	}
}

func (s *suite) promptLogin() {
	first := s.flow()
	s.Clock.Advance(2 * time.Second)
	if second := s.again("prompt", "login"); !s.authTime(second).After(s.authTime(first)) {
		s.t.Error("auth_time is not later")
	}
}

// silently is a second sign-in by prompt=none.
func (s *suite) silently(pairs ...string) {
	s.t.Helper()
	first := s.flow()
	v := s.ask(append(pairs, "prompt", "none")...)
	second := s.finish(v, s.read(s.at(s.session).get("/oauth2/authorize?"+v.Encode())))
	if claims(s.t, first.ID)["sub"] != claims(s.t, second.ID)["sub"] || !s.authTime(first).Equal(s.authTime(second)) {
		s.t.Error("another person, or another time")
	}
}

func (s *suite) notLoggedIn() {
	v := s.ask("prompt", "none")
	if a := s.read(s.browser().get("/oauth2/authorize?" + v.Encode())); a.Get("error") != "login_required" || a.Get("state") != v.Get("state") {
		s.t.Errorf("the answer is %v", a)
	}
}

func (s *suite) idTokenHint() { s.silently("id_token_hint", s.flow().ID) }

func (s *suite) loginHint() {
	v := s.ask("login_hint", "buffy@localhost")
	if hint := s.show(s.begin(s.browser(), v), s.session).GetLoginHint(); hint != "buffy@localhost" {
		s.t.Errorf("the pages see the hint %q", hint)
	}
	s.flow("login_hint", "buffy@localhost")
}

func (s *suite) claimsEssential() {
	_, info := s.userinfo(s.flow("claims", `{"userinfo":{"name":{"essential":true}}}`).Access)
	if info["name"] != "Иванова Анна Петровна" || info["birthdate"] != nil {
		s.t.Errorf("userinfo %v", info)
	}
}

func (s *suite) codeReuse() {
	code := s.visit(s.ask()).Get("code")
	if a := s.exchange(code); a.status != http.StatusOK {
		s.t.Fatalf("%d %s", a.status, a.Error)
	}
	s.wantError(s.exchange(code), badRequest, "invalid_grant")
}

func (s *suite) codeReuse30Seconds() {
	code := s.visit(s.ask()).Get("code")
	a := s.exchange(code)
	s.Clock.Advance(30 * time.Second)
	s.wantError(s.exchange(code), badRequest, "invalid_grant")
	if status, _ := s.userinfo(a.Access); status != http.StatusUnauthorized {
		s.t.Errorf("the access token lives: %d", status)
	}
}

func (s *suite) redirectQueryOK() {
	const address = suiteCallback + "?foo=bar"
	s.c = s.register(func(r *registered) { r.RedirectUris = []string{address} })
	v := s.ask("redirect_uri", address)
	b := s.browser()
	a := s.read(b.get(s.decide(s.begin(b, v), s.session, oidcv1.Decision_ALLOW, "openid")))
	if s.mode == "" && a.Get("foo") != "bar" || s.mode != "" && a.Get("") != address {
		s.t.Errorf("the answer is %v", a)
	}
	s.finish(v, a)
}

func (s *suite) redirectQueryMismatch() {
	s.c = s.register(func(r *registered) { r.RedirectUris = []string{suiteCallback + "?foo=bar"} })
	s.refusedHere(s.ask("redirect_uri", suiteCallback+"?foo=baz"))
}

func (s *suite) redirectFragment() {
	_, err := s.sandbox.CreateClient(s.ctx, &oidcv1.CreateClientRequest{Client: &oidcv1.Client{
		Names: names("Тест", "Test"), RedirectUris: []string{suiteCallback + "#foobar"},
	}})
	if err == nil {
		s.t.Error("an address with a fragment was registered")
	}
}

func (s *suite) refreshToken() {
	first := s.flow("scope", "openid offline_access", "prompt", "consent")
	second := s.refresh(s.c, first.Refresh)
	if second.status != http.StatusOK || second.Access == first.Access {
		s.t.Fatalf("%d %s", second.status, second.Error)
	}
	before, after := claims(s.t, first.ID), claims(s.t, second.ID)
	if before["sub"] != after["sub"] || before["iss"] != after["iss"] || before["aud"] != after["aud"] || before["auth_time"] != after["auth_time"] {
		s.t.Errorf("the ID token said %v and says %v", before, after)
	}
	s.wantError(s.refresh(s.register(), second.Refresh), badRequest, "invalid_grant")
}

// clientRotatesKeys: a client replaces its keys, and goes on with the new one alone.
func (s *suite) clientRotatesKeys() {
	asKeyHolder := func(r *registered) {
		r.Pkce, r.RedirectUris, r.Policy = oidcv1.Client_OPTIONAL, []string{suiteCallback}, nil
		r.GrantTypes = []string{"authorization_code", "refresh_token"}
	}
	k := s.keyHolder(asKeyHolder)
	s.c = k.registered
	v := s.ask("scope", "openid offline_access", "prompt", "consent")
	signed := func(k keyHolder, form url.Values) tokenAnswer {
		form.Set("client_assertion", k.sign(s.world, k.assertion(s.world, nil)))
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		return readToken(s.t, s.browser().post("/oauth2/token", form))
	}
	first := signed(k, url.Values{"grant_type": {"authorization_code"}, "code": {s.visit(v).Get("code")}, "redirect_uri": {suiteCallback}})
	if first.status != http.StatusOK {
		s.t.Fatalf("%d %s", first.status, first.Error)
	}
	next := s.keyHolder(asKeyHolder)
	form := func() url.Values {
		return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.Refresh}}
	}
	s.wantError(signed(k, form()), unauthorized, "invalid_client")
	if second := signed(next, form()); second.status != http.StatusOK {
		s.t.Errorf("%d %s", second.status, second.Error)
	}
}

func (s *suite) serverRotatesKeys() {
	before := s.published()["RS256"]
	conn, err := pgx.ConnectConfig(s.ctx, s.Pool().Config().ConnConfig)
	if err == nil {
		_, err = conn.Exec(s.ctx, `SET search_path = oidc`)
	}
	if err == nil {
		err = oidc.RotateKeys(s.ctx, conn, s.Clock.Now().Add(time.Second))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(s.ctx) }()
	testkit.Eventually(s.t, "another key", func() bool { return len(s.published()["RS256"]) > len(before) })
	s.flow()
}

func (s *suite) unsignedRequestObject() {
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			s.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	v := s.ask()
	object := map[string]string{}
	for name := range v {
		object[name] = v.Get(name)
	}
	v.Set("request", part(map[string]string{"alg": "none"})+"."+part(object)+".")
	if a := s.read(s.browser().get("/oauth2/authorize?" + v.Encode())); a.Get("error") != "request_not_supported" {
		s.t.Errorf("the answer is %v", a)
	}
}
