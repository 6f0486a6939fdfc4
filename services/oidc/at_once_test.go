package oidc_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// atOnce asks for a code with nothing left to ask of the person, and gives it.
func (w *world) atOnce(session string, pairs ...string) string {
	w.t.Helper()
	b := w.at(session)
	a := w.partner(b, authorize("agency", pairs...))
	if a.Get("code") == "" || a.Get("state") != "st" || a.Get("") != callback || len(b.cookies) > 0 {
		w.t.Fatalf("answer %v, cookies %v", a, b.cookies)
	}
	return a.Get("code")
}

// wantPages is a request that is not answered before the person has met its needs.
func (w *world) wantPages(session string, clientID string, pairs ...string) string {
	w.t.Helper()
	return w.begin(w.at(session), request(clientID, pairs...))
}

func TestWhoIsSignedInAndHasAgreedIsNotAsked(t *testing.T) {
	w := start(t)
	c := w.client()
	first := w.tokens(c, "scope", "openid email")
	before := w.Redis.Keys(w.ctx, "oidc:interaction:*").Val()
	a := w.redeem(c, w.atOnce(w.session, "scope", "openid email", "nonce", "other", "acr_values", "standard", "max_age", "60"))
	if a.status != http.StatusOK || a.Scope != "openid email" || a.Refresh == "" {
		t.Fatalf("%+v", a)
	}
	was, is := claims(t, first.ID), claims(t, a.ID)
	for _, same := range []string{"sub", "sid", "acr", "auth_time", "aud"} {
		if is[same] != was[same] {
			t.Errorf("%s is %v, was %v", same, is[same], was[same])
		}
	}
	if is["nonce"] != "other" {
		t.Errorf("nonce %v", is["nonce"])
	}
	if b := w.refresh(c, a.Refresh); b.status != http.StatusOK {
		t.Errorf("refresh: %d %s", b.status, b.Error)
	}
	if after := w.Redis.Keys(w.ctx, "oidc:interaction:*").Val(); len(after) != len(before) {
		t.Errorf("%d interactions, there were %d", len(after), len(before))
	}
	rec := w.at(w.session).post("/oauth2/authorize", request("agency"))
	if code := answer(t, rec).Get("code"); code == "" {
		t.Errorf("by POST: %s", rec.Header().Get("Location"))
	}
}

func TestCodeAtOnceIsBoundLikeAnyOther(t *testing.T) {
	w := start(t)
	c := w.client()
	other := w.client(func(r *registered) { r.ClientId = "other" })
	w.tokens(c)
	code := w.atOnce(w.session)
	if again := w.atOnce(w.session); again == code || len(code) != 43 {
		t.Errorf("codes %s and %s", code, again)
	}
	w.wantError(w.redeem(other, code), badRequest, "invalid_grant")
	w.wantError(w.redeem(c, code, "code_verifier", strings.Repeat("a", 43)), badRequest, "invalid_grant")
	w.wantError(w.redeem(c, code, "redirect_uri", callback+"/"), badRequest, "invalid_grant")
	late := w.atOnce(w.session)
	a := w.redeem(c, code)
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.Error)
	}
	w.wantError(w.redeem(c, code), badRequest, "invalid_grant")
	if status, _ := w.userinfo(a.Access); status != unauthorized {
		t.Errorf("a code that was used twice leaves its tokens: %d", status)
	}
	w.Clock.Advance(time.Minute)
	w.wantError(w.redeem(c, late), badRequest, "invalid_grant")
}

func TestWhatThePersonMustBeAskedFor(t *testing.T) {
	w := start(t)
	c := w.client()
	w.client(public)
	w.client(func(r *registered) { r.ClientId = "other" })
	w.tokens(c, "scope", "openid email")
	w.tokens(&registered{Client: &oidcv1.Client{ClientId: "spa"}}, "scope", "openid email")
	simple, ended := w.signIn(accountv1.Level_SIMPLIFIED), w.signIn(accountv1.Level_CONFIRMED)
	w.signOut(ended)
	for name, ask := range map[string]struct {
		session, client string
		pairs           []string
		want            oidcv1.Need
	}{
		"nobody is signed in":   {"", "agency", nil, oidcv1.Need_LOGIN},
		"signed out":            {ended, "agency", nil, oidcv1.Need_LOGIN},
		"one more scope":        {w.session, "agency", []string{"scope", "openid email phone"}, oidcv1.Need_CONSENT},
		"another client":        {w.session, "other", nil, oidcv1.Need_CONSENT},
		"a public client":       {w.session, "spa", nil, oidcv1.Need_CONSENT},
		"prompt=consent":        {w.session, "agency", []string{"prompt", "consent"}, oidcv1.Need_CONSENT},
		"prompt=login":          {w.session, "agency", []string{"prompt", "login"}, oidcv1.Need_READY},
		"max_age passed":        {w.session, "agency", []string{"max_age", "30"}, oidcv1.Need_LOGIN},
		"the level is too low":  {simple, "agency", []string{"acr_values", "confirmed"}, oidcv1.Need_LEVEL},
		"the first level of it": {simple, "agency", []string{"acr_values", "confirmed standard"}, oidcv1.Need_LEVEL},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "max_age passed" {
				w.Clock.Advance(31 * time.Second)
			}
			id := w.wantPages(ask.session, ask.client, ask.pairs...)
			// By the pages' own reckoning a sign-in of this very instant is one for this request.
			if got := w.needs(id, ask.session); got[0] != ask.want && name != "prompt=login" {
				t.Errorf("needs %v, want %v", got, ask.want)
			}
		})
	}
}

func TestWithdrawnConsentIsAskedForAgain(t *testing.T) {
	w := start(t)
	c := w.client()
	w.tokens(c, "scope", "openid email")
	w.atOnce(w.session, "scope", "openid email")
	id := w.begin(w.browser(), request("agency", "scope", "openid email", "prompt", "consent"))
	w.decide(id, w.session, oidcv1.Decision_ALLOW, "openid")
	w.wantPages(w.session, "agency", "scope", "openid email")
	w.atOnce(w.session)
	if got := w.redeem(c, w.atOnce(w.session)).Scope; got != "openid" {
		t.Errorf("granted %q", got)
	}
}

// Between the code and the tokens the session may end: account is asked when tokens are issued, and what it says by then
// counts, not what the code remembers.
func TestSessionEndsBetweenCodeAndTokens(t *testing.T) {
	w := start(t)
	c := w.client()
	w.tokens(c)
	code, late := w.atOnce(w.session), w.atOnce(w.session, "scope", "openid")
	w.account.change(w.session, func(s *accountv1.Session) { s.Level = accountv1.Level_STANDARD })
	if acr := claims(t, w.redeem(c, code).ID)["acr"]; acr != "standard" {
		t.Errorf("acr %v", acr)
	}
	w.account.mu.Lock()
	delete(w.account.sessions, w.session) // the event is still under way
	w.account.mu.Unlock()
	w.wantError(w.redeem(c, late), badRequest, "invalid_grant")

	w.session = w.signIn(accountv1.Level_CONFIRMED)
	ofREST := w.atOnce(w.session)
	w.account.change(w.session, func(s *accountv1.Session) { s.Surface = accountv1.Surface_REST })
	w.wantError(w.redeem(c, ofREST), badRequest, "invalid_grant")
}

// With a form that another site posts, a browser sends no cookie of ours, but with the page that follows it does.
func TestSilentFormOfAnotherSite(t *testing.T) {
	w := start(t)
	w.tokens(w.client())
	for session, want := range map[string]string{w.session: "", "": "login_required"} {
		b := w.browser()
		id, ok := strings.CutPrefix(b.post("/oauth2/authorize", request("agency", "prompt", "none")).Header().Get("Location"),
			issuer+"/interactions/")
		if !ok {
			t.Fatal("it was answered before anybody could know who is signed in")
		}
		w.browsers[id] = b.cookies["interaction-"+id].Value
		a := w.partner(b, w.decide(id, session, oidcv1.Decision_ALLOW))
		if a.Get("error") != want || (a.Get("code") == "") != (want != "") {
			t.Errorf("session %q: %v", session, a)
		}
	}
	if a := answer(t, w.at(w.session).post("/oauth2/authorize", request("agency", "prompt", "none"))); a.Get("code") == "" {
		t.Errorf("a form of our own site's: %v", a)
	}
}

func TestHintNamesThePerson(t *testing.T) {
	w := start(t)
	c := w.client()
	hint, hinted, theirs := w.tokens(c).ID, w.person, w.session
	w.atOnce(theirs, "id_token_hint", hint)

	w.person = "0190a000-0000-7000-8000-000000000001"
	w.session = w.signIn(accountv1.Level_CONFIRMED)
	w.tokens(c)
	w.atOnce(w.session)
	other := []oidcv1.Need{oidcv1.Need_LOGIN, oidcv1.Need_OTHER_PERSON}
	for _, prompt := range []string{"", "login", "consent"} {
		b := w.at(w.session)
		id := w.begin(b, request("agency", "id_token_hint", hint, "prompt", prompt))
		w.Clock.Advance(time.Second)
		third := "0190a000-0000-7000-8000-000000000002"
		w.person = third
		for _, session := range []string{w.session, w.signIn(accountv1.Level_CONFIRMED)} {
			if got := w.needs(id, session); !slices.Equal(got, other) {
				t.Errorf("prompt %q: needs %v of another person", prompt, got)
			}
			_, err := w.tryDecide(id, session, oidcv1.Decision_ALLOW, "openid")
			wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
		}
		w.person = hinted
		a := w.partner(b, w.decide(id, w.signIn(accountv1.Level_CONFIRMED), oidcv1.Decision_ALLOW, "openid"))
		if got, want := claims(t, w.redeem(c, a.Get("code")).ID)["sub"], claims(t, hint)["sub"]; got != want {
			t.Errorf("prompt %q: a code for %v, want %v", prompt, got, want)
		}
	}
}
