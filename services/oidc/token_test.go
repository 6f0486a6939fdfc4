package oidc_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

const (
	badRequest   = http.StatusBadRequest
	unauthorized = http.StatusUnauthorized
)

func TestCodeBecomesTokens(t *testing.T) {
	w := start(t)
	issued := testkit.Watch[oidceventsv1.GrantIssued](w.Env)
	for _, c := range []*registered{w.client(), w.client(public)} {
		a := w.redeem(c, w.code(request(c.GetClientId(), "scope", "openid email")))
		if a.status != http.StatusOK || a.Type != "Bearer" || a.Life != 300 || a.Scope != "openid email" || a.Refresh == "" {
			t.Fatalf("%+v", a)
		}
		id, access, now := claims(t, a.ID), claims(t, a.Access), w.Clock.Now().Unix()
		for name, want := range map[string]any{
			"iss": issuer, "aud": c.GetClientId(), "nonce": "no", "acr": "confirmed",
			"iat": float64(now), "exp": float64(now + 300), "auth_time": float64(now),
		} {
			if id[name] != want {
				t.Errorf("ID token's %s is %v, want %v", name, id[name], want)
			}
		}
		for name, want := range map[string]any{
			"iss": issuer, "aud": issuer + "/oauth2/userinfo", "client_id": c.GetClientId(), "scope": "openid email",
			"exp": float64(now + 300), "sub": id["sub"], "sid": id["sid"],
		} {
			if access[name] != want {
				t.Errorf("access token's %s is %v, want %v", name, access[name], want)
			}
		}
		if amr, _ := id["amr"].([]any); len(amr) != 1 || amr[0] != "pwd" {
			t.Errorf("amr %v", id["amr"])
		}
		if strings.Contains(a.ID+a.Access, w.session) || id["sid"] == w.session || id["sub"] == w.person {
			t.Error("a partner sees an inner identifier")
		}
	}
	if e := issued.Wait(2)[0]; e.GetAccountId() != w.person || e.GetClientId() != "agency" || e.GetGrantId() == "" {
		t.Errorf("event %v", e)
	}
}

func TestCodeIsBound(t *testing.T) {
	w := start(t)
	c := w.client()
	other := w.client(func(r *registered) { r.ClientId = "other" })
	code := w.code(request("agency"))
	w.wantError(w.redeem(other, code), badRequest, "invalid_grant")
	for name, pairs := range map[string][]string{
		"wrong verifier": {"code_verifier", strings.Replace(verifier, "d", "e", 1)},
		"no verifier":    {"code_verifier", ""},
		"challenge":      {"code_verifier", request("agency").Get("code_challenge")},
		"short verifier": {"code_verifier", verifier[1:]},
		"long verifier":  {"code_verifier", strings.Repeat("a", 129)},
		"odd verifier":   {"code_verifier", verifier + " "},
		"wrong redirect": {"redirect_uri", callback + "/"},
		"no redirect":    {"redirect_uri", ""},
		"wrong code":     {"code", strings.ToUpper(code)},
		"no code":        {"code", ""},
	} {
		if a := w.redeem(c, code, pairs...); a.Error != "invalid_grant" || a.status != badRequest {
			t.Errorf("%s: %d %s", name, a.status, a.Error)
		}
	}
	if a := w.redeem(c, code); a.status != http.StatusOK {
		t.Errorf("after wrong tries the right one: %d %s", a.status, a.Error)
	}
}

func TestCodeDiesAt60Seconds(t *testing.T) {
	w := start(t)
	c := w.client()
	first, second := w.code(request("agency")), w.code(request("agency"))
	w.Clock.Advance(59 * time.Second)
	if a := w.redeem(c, first); a.status != http.StatusOK {
		t.Errorf("at 59 s: %s", a.Error)
	}
	w.Clock.Advance(time.Second)
	w.wantError(w.redeem(c, second), badRequest, "invalid_grant")
}

func TestCodeReuseRevokesEverything(t *testing.T) {
	w := start(t)
	client := w.client()
	revoked := testkit.Watch[oidceventsv1.GrantRevoked](w.Env)
	for i, c := range []struct {
		name  string
		after time.Duration
		pairs []string
		flush bool
	}{
		{name: "after a second", after: time.Second},
		{name: "after 30 seconds", after: 30 * time.Second},
		{name: "after the code's life", after: 2 * time.Minute},
		{name: "with a wrong verifier", pairs: []string{"code_verifier", strings.Repeat("a", 43)}},
		{name: "after Redis was emptied", flush: true},
		{name: "with another redirection", pairs: []string{"redirect_uri", callback + "/"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := w.code(request("agency", "scope", "openid offline_access"))
			a := w.redeem(client, code)
			w.Clock.Advance(c.after)
			if c.flush {
				w.Redis.FlushAll(w.ctx)
			}
			w.wantError(w.redeem(client, code, c.pairs...), badRequest, "invalid_grant")
			if status, _ := w.userinfo(a.Access); status != unauthorized {
				t.Errorf("userinfo still answers %d", status)
			}
			w.wantError(w.refresh(client, a.Refresh), badRequest, "invalid_grant")
			if e := revoked.Wait(i + 1)[i]; e.GetCause() != "code_reuse" || e.GetAccountId() != w.person {
				t.Errorf("event %v", e)
			}
		})
	}
}

func TestAnotherClientCannotRevokeByACode(t *testing.T) {
	w := start(t)
	c, other := w.client(), w.client(public)
	code := w.code(request("agency"))
	a := w.redeem(c, code)
	w.wantError(w.redeem(other, code), badRequest, "invalid_grant")
	if status, _ := w.userinfo(a.Access); status != http.StatusOK {
		t.Errorf("userinfo answers %d", status)
	}
}

func TestParallelRedemptionsGiveOneGrant(t *testing.T) {
	w := start(t)
	c := w.client()
	code := w.code(request("agency"))
	answers := parallel(12, func() tokenAnswer { return w.redeem(c, code) })
	good := 0
	for _, a := range answers {
		if a.status == http.StatusOK {
			good++
		} else {
			w.wantError(a, badRequest, "invalid_grant")
		}
	}
	var grants, live int
	if err := w.Pool().QueryRow(w.ctx, `SELECT count(*), count(*) FILTER (WHERE revoked_at IS NULL) FROM oidc.grants`).
		Scan(&grants, &live); err != nil {
		t.Fatal(err)
	}
	if good != 1 || grants != 1 || live != 0 {
		t.Errorf("%d redemptions, %d grants, %d live; want one, revoked by the others", good, grants, live)
	}
}

func parallel(n int, f func() tokenAnswer) []tokenAnswer {
	out := make([]tokenAnswer, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { out[i] = f() })
	}
	all.Wait()
	return out
}

func TestRefreshRotates(t *testing.T) {
	w := start(t)
	c := w.client(public)
	refreshed := testkit.Watch[oidceventsv1.TokenRefreshed](w.Env)
	a := w.tokens(c, "scope", "openid email")
	w.Clock.Advance(20 * time.Second)
	b := w.refresh(c, a.Refresh)
	if b.status != http.StatusOK || b.Refresh == a.Refresh || b.Access == a.Access || b.Scope != "openid email" {
		t.Fatalf("%+v", b)
	}
	before, after := claims(t, a.ID), claims(t, b.ID)
	for _, same := range []string{"sub", "aud", "auth_time", "acr", "sid", "iss"} {
		if before[same] != after[same] {
			t.Errorf("%s changed from %v to %v", same, before[same], after[same])
		}
	}
	if after["nonce"] != nil || after["iat"] == before["iat"] {
		t.Errorf("nonce %v, iat %v", after["nonce"], after["iat"])
	}
	if status, _ := w.userinfo(b.Access); status != http.StatusOK {
		t.Errorf("userinfo %d", status)
	}
	if e := refreshed.Wait(1)[0]; e.GetAccountId() != w.person || e.GetClientId() != "spa" {
		t.Errorf("event %v", e)
	}
}

func TestRefreshReuseKillsTheFamily(t *testing.T) {
	w := start(t)
	c := w.client(public)
	revoked := testkit.Watch[oidceventsv1.GrantRevoked](w.Env)
	a := w.tokens(c)
	b := w.refresh(c, a.Refresh)
	w.Clock.Advance(11 * time.Second)
	w.wantError(w.refresh(c, a.Refresh), badRequest, "invalid_grant")
	w.wantError(w.refresh(c, b.Refresh), badRequest, "invalid_grant")
	if status, _ := w.userinfo(b.Access); status != unauthorized {
		t.Errorf("userinfo %d", status)
	}
	if e := revoked.Wait(1)[0]; e.GetCause() != "refresh_reuse" {
		t.Errorf("event %v", e)
	}
}

func TestRetryWithinGraceGetsTheSameSuccessor(t *testing.T) {
	w := start(t)
	c := w.client(public)
	a := w.tokens(c)
	b := w.refresh(c, a.Refresh)
	w.Clock.Advance(10 * time.Second)
	w.Restart()
	w.dial()
	if again := w.refresh(c, a.Refresh); again.status != http.StatusOK || again.Refresh != b.Refresh {
		t.Fatalf("the retry got %d %s, the same token: %v", again.status, again.Error, again.Refresh == b.Refresh)
	}
}

func TestTwentyParallelRefreshesHaveOneSuccessor(t *testing.T) {
	w := start(t)
	c := w.client(public)
	a := w.tokens(c)
	successors := map[string]bool{}
	for _, b := range parallel(20, func() tokenAnswer { return w.refresh(c, a.Refresh) }) {
		if b.status != http.StatusOK {
			t.Errorf("%d %s", b.status, b.Error)
		}
		successors[b.Refresh] = true
	}
	var generation int
	if err := w.Pool().QueryRow(w.ctx, `SELECT generation FROM oidc.grants`).Scan(&generation); err != nil {
		t.Fatal(err)
	}
	if len(successors) != 1 || generation != 2 {
		t.Errorf("%d successors, generation %d", len(successors), generation)
	}
}

func TestRestartRemembersRotation(t *testing.T) {
	w := start(t)
	c := w.client(public)
	a := w.tokens(c)
	b := w.refresh(c, a.Refresh)
	w.Clock.Advance(11 * time.Second)
	w.Restart()
	w.dial()
	if next := w.refresh(c, b.Refresh); next.status != http.StatusOK {
		t.Fatalf("%d %s", next.status, next.Error)
	}
	w.Clock.Advance(11 * time.Second)
	w.wantError(w.refresh(c, b.Refresh), badRequest, "invalid_grant")
}

func TestRefreshAgainstRevocation(t *testing.T) {
	w := start(t)
	c := w.client(public)
	for range 5 {
		w.session = w.signIn(accountv1.Level_CONFIRMED)
		a := w.tokens(c)
		var all sync.WaitGroup
		last := a
		all.Go(func() { w.signOut(w.session) })
		all.Go(func() {
			for range 20 {
				b := w.refresh(c, last.Refresh)
				if b.status != http.StatusOK {
					return
				}
				last = b
			}
		})
		all.Wait()
		w.mustDie(last.Access)
		w.wantError(w.refresh(c, last.Refresh), badRequest, "invalid_grant")
	}
}

func TestRefreshTokenIsBound(t *testing.T) {
	w := start(t)
	c := w.client(public)
	other := w.client(public, func(r *registered) { r.ClientId = "other" })
	a := w.tokens(c, "scope", "openid email")
	w.wantError(w.refresh(other, a.Refresh), badRequest, "invalid_grant")
	raw, _ := base64.RawURLEncoding.DecodeString(a.Refresh)
	raw[23]++ // the next generation, guessed
	w.wantError(w.refresh(c, base64.RawURLEncoding.EncodeToString(raw)), badRequest, "invalid_grant")
	for _, garbage := range []string{"x", "", a.Access, a.Refresh + "A", a.Refresh[:len(a.Refresh)-1]} {
		w.wantError(w.refresh(c, garbage), badRequest, "invalid_grant")
	}
	w.wantError(w.refresh(c, a.Refresh, "scope", "openid snils"), badRequest, "invalid_scope")
	less := w.refresh(c, a.Refresh, "scope", "openid")
	if less.Scope != "openid" || claims(t, less.Access)["scope"] != "openid" {
		t.Errorf("narrowed to %q", less.Scope)
	}
	if all := w.refresh(c, less.Refresh); all.Scope != "openid email" {
		t.Errorf("narrowing stuck: %q", all.Scope)
	}
}

func TestRefreshEndsWithItsSessionUnlessOffline(t *testing.T) {
	w := start(t)
	c := w.client(public)
	online, off := w.tokens(c), w.tokens(c, "scope", "openid offline_access")
	w.signOut(w.session)
	w.wantError(w.refresh(c, online.Refresh), badRequest, "invalid_grant")
	w.mustDie(online.Access)
	if b := w.refresh(c, off.Refresh); b.status != http.StatusOK {
		t.Errorf("offline access ended: %s", b.Error)
	}
	if status, _ := w.userinfo(off.Access); status != http.StatusOK {
		t.Errorf("userinfo with offline access: %d", status)
	}
	w.Clock.Advance(30 * 24 * time.Hour)
	w.wantError(w.refresh(c, off.Refresh), badRequest, "invalid_grant")
}

func TestGrantEndsWithItsSessionsTime(t *testing.T) {
	w := start(t)
	c := w.client(public)
	a := w.tokens(c)
	w.Clock.Advance(24 * time.Hour)
	w.account.change(w.session, func(s *accountv1.Session) {
		s.ExpireTime = timestamppb.New(w.Clock.Now().Add(time.Hour))
	})
	w.wantError(w.refresh(c, a.Refresh), badRequest, "invalid_grant")
}

func TestSignOutVoidsCodesUnderWay(t *testing.T) {
	w := start(t)
	c := w.client()
	revoked := testkit.Watch[oidceventsv1.GrantRevoked](w.Env)
	code, late := w.code(request("agency")), w.code(request("agency", "scope", "openid offline_access"))
	a := w.tokens(c)
	w.signOut(w.session)
	w.wantError(w.redeem(c, code), badRequest, "invalid_grant")
	if e := revoked.Wait(1)[0]; e.GetCause() != "logout" {
		t.Errorf("event %v", e)
	}
	w.mustDie(a.Access)
	// Even where account still answers, as it may a moment before the event: the table has the last word.
	w.account.mu.Lock()
	w.account.sessions[w.session] = &accountv1.Session{
		Id: w.session, State: accountv1.Session_ACTIVE, AccountId: w.person, Surface: accountv1.Surface_PAGES,
		ExpireTime: timestamppb.New(w.Clock.Now().Add(time.Hour)),
	}
	w.account.mu.Unlock()
	w.wantError(w.redeem(c, late), badRequest, "invalid_grant")
}

func TestAccountAwayCostsNothing(t *testing.T) {
	w := start(t)
	c := w.client()
	a, code := w.tokens(c), w.code(request("agency"))
	w.account.setDown(true)
	for _, b := range []tokenAnswer{w.redeem(c, code), w.refresh(c, a.Refresh)} {
		if b.status != http.StatusServiceUnavailable || b.Error != "temporarily_unavailable" || b.header.Get("Retry-After") != "2" {
			t.Errorf("%d %s, retry after %q", b.status, b.Error, b.header.Get("Retry-After"))
		}
	}
	w.account.setDown(false)
	if b := w.redeem(c, code); b.status != http.StatusOK {
		t.Errorf("the code is spent: %s", b.Error)
	}
	if b := w.refresh(c, a.Refresh); b.status != http.StatusOK {
		t.Errorf("the refresh token is spent: %s", b.Error)
	}
}

func TestRedisFlushLosesOnlyWhatIsUnderWay(t *testing.T) {
	w := start(t)
	c := w.client()
	a, code, b := w.tokens(c), w.code(request("agency")), w.browser()
	id := w.begin(b, request("agency"))
	w.Redis.FlushAll(w.ctx)
	w.wantError(w.redeem(c, code), badRequest, "invalid_grant")
	wantRefusal(t, b.get("/oauth2/continue?interaction="+id), http.StatusNotFound, errorsv1.Reason_INTERACTION_NOT_FOUND)
	if next := w.refresh(c, a.Refresh); next.status != http.StatusOK {
		t.Errorf("refresh: %s", next.Error)
	}
	if status, _ := w.userinfo(a.Access); status != http.StatusOK {
		t.Errorf("userinfo %d", status)
	}
	w.tokens(c)
}

func TestRestartInBetween(t *testing.T) {
	w := start(t)
	c := w.client()
	b := w.browser()
	id := w.begin(b, request("agency"))
	again := func() { w.Restart(); w.dial(); b.h = w.HTTP("gateway", "oidc") }
	again()
	next := w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	again()
	code := w.partner(b, next).Get("code")
	again()
	a := w.redeem(c, code)
	again()
	if status, claims := w.userinfo(a.Access); status != http.StatusOK || claims["sub"] == nil {
		t.Errorf("%d %v", status, claims)
	}
	w.wantError(w.redeem(c, code), badRequest, "invalid_grant")
}

func TestClientAuthentication(t *testing.T) {
	w := start(t)
	w.client()
	w.client(public)
	basic := func(id, key string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(key)))
	}
	for name, c := range map[string]struct {
		header string
		pairs  []string
		status int
		code   string
	}{
		"right":                    {basic("agency", theirKey), nil, badRequest, "invalid_grant"},
		"right, named twice":       {basic("agency", theirKey), []string{"client_id", "agency"}, badRequest, "invalid_grant"},
		"public":                   {"", []string{"client_id", "spa"}, badRequest, "invalid_grant"},
		"wrong secret":             {basic("agency", theirKey+"x"), nil, unauthorized, "invalid_client"},
		"empty secret":             {basic("agency", ""), nil, unauthorized, "invalid_client"},
		"not encoded":              {"Basic " + base64.StdEncoding.EncodeToString([]byte("agency:"+theirKey)), nil, unauthorized, "invalid_client"},
		"unknown":                  {basic("nobody", theirKey), nil, unauthorized, "invalid_client"},
		"not Basic":                {"Bearer x", nil, unauthorized, "invalid_client"},
		"public by Basic":          {basic("spa", ""), nil, unauthorized, "invalid_client"},
		"confidential by name":     {"", []string{"client_id", "agency"}, unauthorized, "invalid_client"},
		"secret in the form":       {"", []string{"client_id", "agency", "client_secret", theirKey}, unauthorized, "invalid_client"},
		"public with a secret":     {"", []string{"client_id", "spa", "client_secret", "x"}, unauthorized, "invalid_client"},
		"nobody":                   {"", nil, unauthorized, "invalid_client"},
		"two identities":           {basic("agency", theirKey), []string{"client_id", "spa"}, badRequest, "invalid_request"},
		"two secrets":              {basic("agency", theirKey), []string{"client_secret", theirKey}, badRequest, "invalid_request"},
		"password grant":           {basic("agency", theirKey), []string{"grant_type", "password"}, badRequest, "unsupported_grant_type"},
		"no grant type":            {basic("agency", theirKey), []string{"grant_type", ""}, badRequest, "invalid_request"},
		"client_credentials grant": {basic("agency", theirKey), []string{"grant_type", "client_credentials"}, badRequest, "unauthorized_client"},
	} {
		t.Run(name, func(t *testing.T) {
			b := w.browser()
			if c.header != "" {
				b.header.Set("Authorization", c.header)
			}
			a := readToken(t, b.post("/oauth2/token", redemption("x", c.pairs...)))
			w.wantError(a, c.status, c.code)
			if challenge := a.header.Get("WWW-Authenticate"); (challenge != "") != (c.status == unauthorized && c.header != "") {
				t.Errorf("challenge %q", challenge)
			}
		})
	}
}

func TestTokenEndpointTakesOneForm(t *testing.T) {
	w := start(t)
	c := w.client(public)
	code := w.code(request("spa"))
	form := redemption(code, "client_id", c.GetClientId())
	w.wantError(readToken(t, w.browser().post("/oauth2/token?"+form.Encode(), nil)), unauthorized, "invalid_client")
	w.wantError(readToken(t, w.browser().post("/oauth2/token", repeat(form, "code"))), badRequest, "invalid_request")
	r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(`{"code":"x"}`))
	r.Header.Set("Content-Type", "application/json")
	w.wantError(readToken(t, w.browser().do(r)), badRequest, "invalid_request")
	if rec := w.browser().get("/oauth2/token?" + form.Encode()); rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", rec.Code)
	}
	if a := w.redeem(c, code); a.status != http.StatusOK {
		t.Errorf("the code is spent: %s", a.Error)
	}
}
