package oidc_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

const api = "https://api.agency.example.ru/"

func machine(r *registered) {
	r.ClientId, r.GrantTypes, r.RedirectUris, r.Audiences = "machine", []string{"client_credentials"}, nil, []string{api}
}

// A client that asks for itself gets a token that names no person, stores nothing and is good for nothing but its audience.
func TestClientCredentials(t *testing.T) {
	w := start(t)
	c := w.client(machine)
	a := w.token(c, url.Values{"grant_type": {"client_credentials"}})
	if a.status != http.StatusOK || a.Refresh != "" || a.ID != "" || a.Type != "Bearer" || a.Life != 300 {
		t.Fatalf("%+v", a)
	}
	got := claims(t, a.Access)
	if got["sub"] != "machine" || got["client_id"] != "machine" || got["aud"] != api || got["iss"] != issuer || got["grant"] != nil {
		t.Errorf("claims %v", got)
	}
	if status, _ := w.userinfo(a.Access); status != http.StatusUnauthorized {
		t.Errorf("userinfo: %d", status)
	}
	w.wantError(w.token(c, url.Values{"grant_type": {"client_credentials"}, "scope": {"snils"}}), badRequest, "invalid_scope")
	w.wantError(w.token(c, url.Values{"grant_type": {"client_credentials"}, "resource": {"https://other.ru/"}}), badRequest, "invalid_target")
	w.wantError(w.redeem(c, "x"), badRequest, "unauthorized_client")
	w.wantError(w.token(w.client(), url.Values{"grant_type": {"client_credentials"}}), badRequest, "unauthorized_client")
	var rows int
	if err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM oidc.grants`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d grants, %v", rows, err)
	}
}

func (w *world) introspect(c *registered, token string) (int, map[string]any) {
	w.t.Helper()
	return w.ask("/oauth2/introspect", c, url.Values{"token": {token}})
}

func (w *world) ask(path string, c *registered, form url.Values) (int, map[string]any) {
	w.t.Helper()
	b := w.browser()
	if c.ClientSecret == "" {
		form.Set("client_id", c.GetClientId())
	} else {
		b.header.Set("Authorization", basicAuth(c))
	}
	rec := b.post(path, form)
	out := map[string]any{}
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			w.t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
		}
	}
	return rec.Code, out
}

// A token is told about to whom it is for, and to nobody else; of a dead one nothing is told but that.
func TestIntrospection(t *testing.T) {
	w := start(t)
	c := w.client(func(r *registered) { r.Audiences = []string{api} })
	resource := w.client(machine)
	stranger := w.client(func(r *registered) { r.ClientId = "other" })
	a := w.redeem(c, w.code(request("agency", "scope", "openid email", "resource", api)))
	if aud := claims(t, a.Access)["aud"]; aud != api {
		t.Fatalf("aud %v: %s", aud, a.Error)
	}
	for name, caller := range map[string]*registered{"the client": c, "the resource": resource} {
		status, got := w.introspect(caller, a.Access)
		if status != http.StatusOK || got["active"] != true || got["client_id"] != "agency" || got["scope"] != "openid email" ||
			got["iss"] != issuer || got["token_type"] != "Bearer" || got["sub"] != claims(t, a.Access)["sub"] {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	inactive := func(name string, caller *registered, token string) {
		t.Helper()
		if status, got := w.introspect(caller, token); status != http.StatusOK || !maps.Equal(got, map[string]any{"active": false}) {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	inactive("a stranger", stranger, a.Access)
	inactive("another's refresh token", resource, a.Refresh)
	inactive("an ID token", c, a.ID)
	inactive("nothing", c, "x")
	if _, got := w.introspect(c, a.Refresh); got["active"] != true {
		t.Errorf("its own refresh token: %v", got)
	}
	if status, got := w.introspect(w.client(public), a.Access); status != unauthorized || got["active"] != nil {
		t.Errorf("a public client: %d %v", status, got)
	}
	if status, _ := w.ask("/oauth2/introspect", c, url.Values{}); status != badRequest {
		t.Errorf("without a token: %d", status)
	}
	if status, _ := w.userinfo(a.Access); status != http.StatusUnauthorized {
		t.Errorf("a token for a resource opens userinfo: %d", status)
	}
	w.signOut(w.session)
	testkit.Eventually(t, "the token dies", func() bool {
		_, got := w.introspect(resource, a.Access)
		return got["active"] == false
	})
	inactive("a dead refresh token", c, a.Refresh)
}

func TestRevocation(t *testing.T) {
	w := start(t)
	c, other := w.client(), w.client(func(r *registered) { r.ClientId = "other" })
	revoked := testkit.Watch[oidceventsv1.GrantRevoked](w.Env)
	for name, of := range map[string]func(tokenAnswer) string{
		"refresh token": func(a tokenAnswer) string { return a.Refresh }, "access token": func(a tokenAnswer) string { return a.Access },
	} {
		a := w.tokens(c, "scope", "openid offline_access")
		if status, _ := w.ask("/oauth2/revoke", other, url.Values{"token": {of(a)}}); status != http.StatusOK {
			t.Errorf("%s, another client: %d", name, status)
		}
		if status, _ := w.userinfo(a.Access); status != http.StatusOK {
			t.Errorf("%s: another client has revoked it", name)
		}
		for range 2 { // once more is answered alike
			if status, _ := w.ask("/oauth2/revoke", c, url.Values{"token": {of(a)}, "token_type_hint": {"x"}}); status != http.StatusOK {
				t.Errorf("%s: %d", name, status)
			}
		}
		if status, _ := w.userinfo(a.Access); status != http.StatusUnauthorized {
			t.Errorf("%s: the access token lives", name)
		}
		w.wantError(w.refresh(c, a.Refresh), badRequest, "invalid_grant")
	}
	if status, _ := w.ask("/oauth2/revoke", c, url.Values{"token": {"nothing"}}); status != http.StatusOK {
		t.Errorf("nothing: %d", status)
	}
	if events := revoked.Wait(2); len(events) != 2 || events[0].GetCause() != "revoked" {
		t.Errorf("events %v", events)
	}
}

// Whatever the order of a refresh and a revocation, nothing lives afterwards.
func TestRevocationAgainstRefresh(t *testing.T) {
	w := start(t)
	c := w.client()
	for range 5 {
		a := w.tokens(c, "scope", "openid offline_access")
		var wg sync.WaitGroup
		var next tokenAnswer
		wg.Go(func() { next = w.refresh(c, a.Refresh) })
		wg.Go(func() { w.ask("/oauth2/revoke", c, url.Values{"token": {a.Refresh}}) })
		wg.Wait()
		for _, token := range []string{a.Refresh, next.Refresh} {
			if token != "" {
				w.wantError(w.refresh(c, token), badRequest, "invalid_grant")
			}
		}
		if next.Access != "" {
			if status, _ := w.userinfo(next.Access); status != http.StatusUnauthorized {
				t.Error("an access token outlives the revocation")
			}
		}
	}
}

func TestResources(t *testing.T) {
	w := start(t)
	const second = "https://second.example.ru/"
	c := w.client(func(r *registered) { r.Audiences = []string{api, second} })
	v := request("agency", "scope", "openid offline_access")
	v["resource"] = []string{second, api}
	a := w.redeem(c, w.code(v))
	if aud, _ := claims(t, a.Access)["aud"].([]any); !slices.Equal(aud, []any{api, second}) {
		t.Errorf("aud %v", aud)
	}
	next := w.refresh(c, a.Refresh, "resource", api)
	if aud := claims(t, next.Access)["aud"]; aud != api {
		t.Errorf("narrowed: %v", aud)
	}
	w.wantError(w.refresh(c, next.Refresh, "resource", "https://third.example.ru/"), badRequest, "invalid_target")
	if again := w.refresh(c, next.Refresh); again.status != http.StatusOK {
		t.Errorf("the token that was refused a resource is spent: %s", again.Error)
	}
	for _, bad := range []string{"https://third.example.ru/", "x", api + "x"} {
		if answer := answer(t, w.browser().get(authorize("agency", "resource", bad))); answer.Get("error") != "invalid_target" {
			t.Errorf("%s: %v", bad, answer)
		}
	}
}

func TestEveryAlgorithmOfIDTokens(t *testing.T) {
	w := start(t)
	w.profile.card = &profilev1.Card{Person: &profilev1.Person{LastName: "Иванова"}}
	for _, alg := range []string{"", "RS256", "ES256", "PS256", "EdDSA"} {
		c := w.client(func(r *registered) { r.IdTokenAlg, r.UserinfoAlg = alg, alg })
		a := w.tokens(c, "scope", "openid profile")
		want := alg
		if want == "" {
			want = "RS256"
		}
		token, _, err := jwt.NewParser().ParseUnverified(a.ID, jwt.MapClaims{})
		if err != nil || token.Header["alg"] != want || token.Header["kid"] != w.published()[want][0] {
			t.Errorf("%q: %v, %v", alg, token.Header, err)
		}
		b := w.browser()
		b.header.Set("Authorization", "Bearer "+a.Access)
		rec := b.get("/oauth2/userinfo")
		if alg == "" {
			continue
		}
		signed := claims(t, rec.Body.String())
		if rec.Header().Get("Content-Type") != "application/jwt" || signed["aud"] != "agency" || signed["iss"] != issuer ||
			signed["family_name"] != "Иванова" || signed["sub"] != claims(t, a.ID)["sub"] {
			t.Errorf("%s: userinfo %v %v", alg, rec.Header(), signed)
		}
	}
}

// A client that asks userinfo for nothing has the person in the ID token, by its setting or by what it asks for.
func TestClaimsInTheIDToken(t *testing.T) {
	w := start(t)
	w.profile.card = &profilev1.Card{Person: &profilev1.Person{LastName: "Иванова", FirstName: "Анна", Gender: profilev1.Gender_F.Enum()}}
	w.account.contacts = &accountv1.Contacts{Language: "ru", Email: "anna@example.ru"}
	if got := claims(t, w.tokens(w.client(), "scope", "openid profile email").ID); got["family_name"] != nil || got["email"] != nil {
		t.Errorf("without the setting: %v", got)
	}
	c := w.client(func(r *registered) { r.IdTokenClaims = true })
	if got := claims(t, w.tokens(c, "scope", "openid profile email").ID); got["name"] != "Иванова Анна" || got["email"] != "anna@example.ru" {
		t.Errorf("by setting: %v", got)
	}
	c = w.client()
	one := w.tokens(c, "scope", "openid", "claims", `{"id_token":{"email":{"essential":true}}}`)
	if got := claims(t, one.ID); got["email"] != "anna@example.ru" || got["email_verified"] != true || got["family_name"] != nil {
		t.Errorf("by claims: %v", got)
	}
}

// What is asked for by `claims` comes alone, and what was agreed to alone is asked for again when more is wanted.
func TestSingleClaims(t *testing.T) {
	w := start(t)
	w.profile.card = &profilev1.Card{Person: &profilev1.Person{LastName: "Иванова", FirstName: "Анна", Gender: profilev1.Gender_F.Enum()}}
	c := w.client()
	a := w.tokens(c, "claims", `{"userinfo":{"gender":null,"website":{"essential":true}}}`)
	if _, got := w.userinfo(a.Access); got["gender"] != "female" || got["family_name"] != nil || got["name"] != nil {
		t.Errorf("userinfo %v", got)
	}
	id := w.begin(w.browser(), request("agency", "claims", `{"userinfo":{"gender":null}}`))
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_READY {
		t.Errorf("the same again needs %v", got)
	}
	id = w.begin(w.browser(), request("agency", "scope", "openid profile"))
	if got := w.needs(id, w.session); got[0] != oidcv1.Need_CONSENT {
		t.Errorf("all of it needs %v", got)
	}
	a = w.tokens(c, "scope", "openid profile")
	if _, got := w.userinfo(a.Access); got["family_name"] != "Иванова" {
		t.Errorf("userinfo %v", got)
	}
	for name, param := range map[string]string{
		"no JSON": "x", "a list": "[]", "two": "{}{}", "odd member": `{"userinfo":{"name":1}}`,
		"long": `{"userinfo":{"` + strings.Repeat("x", 4100) + `":null}}`, "deep": strings.Repeat(`{"userinfo":`, 150),
	} {
		rec := w.browser().get(authorize("agency", "claims", param))
		if a := answer(t, rec); a.Get("error") != "invalid_request" {
			t.Errorf("%s: %v", name, a)
		}
	}
}

// acr_values are a wish: who is below is let through with the acr that there is. Essential ones have to be reached.
func TestEssentialAndVoluntaryACR(t *testing.T) {
	w := start(t)
	c := w.client(func(r *registered) { r.Policy = nil })
	simple := w.signIn(accountv1.Level_SIMPLIFIED)
	b := w.browser()
	id := w.begin(b, request("agency", "acr_values", "confirmed"))
	if got := w.needs(id, simple); slices.Contains(got, oidcv1.Need_LEVEL) {
		t.Errorf("a wish needs %v", got)
	}
	a := w.redeem(c, w.partner(b, w.decide(id, simple, oidcv1.Decision_ALLOW, "openid")).Get("code"))
	if acr := claims(t, a.ID)["acr"]; acr != "simplified" {
		t.Errorf("acr %v", acr)
	}
	essential := `{"id_token":{"acr":{"essential":true,"values":["standard","confirmed"]}}}`
	id = w.begin(w.browser(), request("agency", "claims", essential))
	if got := w.needs(id, simple); !slices.Contains(got, oidcv1.Need_LEVEL) {
		t.Errorf("essential needs %v", got)
	}
	if a := w.partner(w.at(simple), authorize("agency", "claims", essential, "prompt", "none")); a.Get("error") != "unmet_authentication_requirements" {
		t.Errorf("silently: %v", a)
	}
	unknown := `{"id_token":{"acr":{"essential":true,"value":"urn:mace:incommon:iap:silver"}}}`
	if a := answer(t, w.browser().get(authorize("agency", "claims", unknown))); a.Get("error") != "unmet_authentication_requirements" {
		t.Errorf("an unknown essential value: %v", a)
	}
	w.client(func(r *registered) { r.Policy = &oidcv1.ClientPolicy{LowestLevel: accountv1.Level_STANDARD} })
	id = w.begin(w.browser(), request("agency"))
	if got := w.needs(id, simple); !slices.Contains(got, oidcv1.Need_LEVEL) {
		t.Errorf("below the client's lowest level needs %v", got)
	}
	w.client(func(r *registered) {
		r.Policy = &oidcv1.ClientPolicy{LowestLevel: accountv1.Level_CONFIRMED, ConfirmationMethods: []string{"desk"}}
	})
	if a := answer(t, w.browser().get(authorize("agency"))); a.Get("error") != "unmet_authentication_requirements" {
		t.Errorf("what no way of confirmation gives: %v", a)
	}
}

// PKCE is required, optional with a nonce or off; the refusal says which. A challenge that was sent counts, and none that was not.
func TestPKCEBySetting(t *testing.T) {
	w := start(t)
	bare := []string{"code_challenge", "", "code_challenge_method", ""}
	refusal := func(pairs ...string) (string, string) {
		rec := w.browser().get(authorize("agency", append(pairs, bare...)...))
		if strings.Contains(rec.Header().Get("Location"), "/interactions/") {
			return "", ""
		}
		a := answer(t, rec)
		return a.Get("error"), a.Get("error_description")
	}
	w.client()
	if code, text := refusal(); code != "invalid_request" || !strings.Contains(text, "pkce=REQUIRED") {
		t.Errorf("required: %s %s", code, text)
	}
	c := w.client(func(r *registered) { r.Pkce = oidcv1.Client_OPTIONAL })
	if code, text := refusal("nonce", ""); code != "invalid_request" || !strings.Contains(text, "nonce") {
		t.Errorf("optional, without a nonce: %s %s", code, text)
	}
	if a := w.redeem(c, w.code(request("agency", bare...)), "code_verifier", ""); a.status != http.StatusOK {
		t.Errorf("optional: %d %s", a.status, a.Error)
	}
	// The downgrade: a request whose challenge was taken out, and a client that sends its verifier.
	w.wantError(w.redeem(c, w.code(request("agency", bare...))), badRequest, "invalid_grant")
	w.wantError(w.redeem(c, w.code(request("agency")), "code_verifier", ""), badRequest, "invalid_grant")
	c = w.client(func(r *registered) { r.Pkce = oidcv1.Client_OFF })
	if a := w.redeem(c, w.code(request("agency", append(bare, "nonce", "")...)), "code_verifier", ""); a.status != http.StatusOK {
		t.Errorf("off: %d %s", a.status, a.Error)
	}
	w.wantError(w.redeem(c, w.code(request("agency")), "code_verifier", ""), badRequest, "invalid_grant")
}
