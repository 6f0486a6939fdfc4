package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// logout asks to sign out and gives the id that the page gets.
func (w *world) logout(v url.Values) string {
	w.t.Helper()
	rec := w.browser().get("/oauth2/logout?" + v.Encode())
	id, ok := strings.CutPrefix(rec.Header().Get("Location"), issuer+"/sign-out?logout=")
	if rec.Code != http.StatusSeeOther || !ok {
		w.t.Fatalf("%d %s %s", rec.Code, rec.Header().Get("Location"), rec.Body)
	}
	return id
}

func (w *world) shownLogout(id, session string) *oidcv1.Logout {
	w.t.Helper()
	l, err := w.pages.GetLogout(w.ctx, &oidcv1.GetLogoutRequest{LogoutId: id, SessionId: session})
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func TestLogoutByItsPartner(t *testing.T) {
	w := start(t)
	a := w.tokens(w.client())
	w.Clock.Advance(time.Hour) // an ID token is a hint long after it has expired
	id := w.logout(url.Values{
		"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}, "state": {"a b"}, "ui_locales": {"en"},
	})
	l := w.shownLogout(id, w.session)
	if !l.GetConfirmed() || l.GetClientId() != "agency" || l.GetClientNames()["en"] != "Agency" || l.GetLanguage() != "en" {
		t.Errorf("shown %v", l)
	}
	if rec := w.browser().get(l.GetContinueUrl()); rec.Header().Get("Location") != issuer+"/sign-out?logout="+id {
		t.Errorf("before the session has ended: %d %s", rec.Code, rec.Header().Get("Location"))
	}
	w.signOut(w.session)
	w.mustDie(a.Access)
	for range 2 { // a browser may ask twice
		rec := w.browser().get(l.GetContinueUrl())
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != goodbye+"?state=a+b" {
			t.Errorf("%d %s", rec.Code, rec.Header().Get("Location"))
		}
	}
}

func TestLogoutThatMustBeAsked(t *testing.T) {
	w := start(t)
	a := w.tokens(w.client())
	for name, v := range map[string]url.Values{
		"no hint":    {"client_id": {"agency"}, "post_logout_redirect_uri": {goodbye}},
		"no params":  {},
		"only state": {"state": {"x"}},
	} {
		if l := w.shownLogout(w.logout(v), w.session); l.GetConfirmed() || l.GetClientId() != v.Get("client_id") {
			t.Errorf("%s: %v", name, l)
		}
	}
	hint := w.logout(url.Values{"id_token_hint": {a.ID}})
	other := w.signIn(accountv1.Level_CONFIRMED)
	if w.shownLogout(hint, other).GetConfirmed() || w.shownLogout(hint, "").GetConfirmed() {
		t.Error("a hint for one session signs out another unasked")
	}
}

func TestLogoutLeadsHomeWithoutAnAddress(t *testing.T) {
	w := start(t)
	w.client()
	for _, v := range []url.Values{{}, {"client_id": {"agency"}, "state": {"x"}}} {
		rec := w.browser().get(w.shownLogout(w.logout(v), "").GetContinueUrl())
		if rec.Header().Get("Location") != issuer+"/" {
			t.Errorf("sent to %s", rec.Header().Get("Location"))
		}
	}
	rec := w.browser().get(w.shownLogout(w.logout(url.Values{
		"client_id": {"agency"}, "post_logout_redirect_uri": {goodbye},
	}), "").GetContinueUrl())
	if rec.Header().Get("Location") != goodbye {
		t.Errorf("no state: sent to %s", rec.Header().Get("Location"))
	}
}

// TestSandboxApp is the ready public client: it says why it asks, and takes people back after the sign-out on any port.
func TestSandboxApp(t *testing.T) {
	w := start(t)
	id := w.begin(w.browser(), request("sandbox-app", "redirect_uri", "http://127.0.0.1:4321/callback",
		"scope", strings.Join(allScopes(), " ")))
	i, err := w.pages.GetInteraction(w.ctx, &oidcv1.GetInteractionRequest{InteractionId: id, Browser: w.browsers[id]})
	if err != nil || i.GetClientNames()["ru"] == "" || i.GetClientNames()["en"] != "Sandbox app" {
		t.Fatalf("%v, %v", i, err)
	}
	for _, s := range i.GetScopes() {
		if s.GetPurpose()["ru"] == "" || s.GetPurpose()["en"] == "" {
			t.Errorf("%s is wanted for %v", s.GetScope(), s.GetPurpose())
		}
	}
	for address, good := range map[string]bool{
		"http://127.0.0.1:4321/": true, "http://127.0.0.1/": true, "http://127.0.0.1:4321/x": false,
		"http://localhost:4321/": false, "https://127.0.0.1:4321/": false,
	} {
		logout := w.logout(url.Values{"client_id": {"sandbox-app"}, "post_logout_redirect_uri": {address}})
		rec := w.browser().get(w.shownLogout(logout, "").GetContinueUrl())
		if want := map[bool]string{true: address, false: issuer + "/"}[good]; rec.Header().Get("Location") != want {
			t.Errorf("back to %s: sent to %s", address, rec.Header().Get("Location"))
		}
	}
}

// What is wrong with the partner's request keeps nobody signed in: the person is asked, signed out, and stays here.
func TestLogoutOfAWrongRequestStaysHere(t *testing.T) {
	w := start(t)
	a := w.tokens(w.client())
	w.client(public)
	parts := strings.Split(a.ID, ".")
	for name, c := range map[string]struct {
		v url.Values
		// name: it may say who asks.
		name string
	}{
		"bad hint":            {url.Values{"id_token_hint": {"xyz"}, "post_logout_redirect_uri": {goodbye}}, ""},
		"modified hint":       {url.Values{"id_token_hint": {parts[0] + "." + parts[1] + ".AAAA"}}, ""},
		"access token":        {url.Values{"id_token_hint": {a.Access}, "post_logout_redirect_uri": {goodbye}}, ""},
		"another's hint":      {url.Values{"id_token_hint": {a.ID}, "client_id": {"spa"}}, ""},
		"unregistered":        {url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {"https://evil.ru/"}}, "agency"},
		"a redirect_uri":      {url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {callback}}, "agency"},
		"query added":         {url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye + "?x=y"}}, "agency"},
		"address of nobody":   {url.Values{"post_logout_redirect_uri": {goodbye}}, ""},
		"unknown client":      {url.Values{"client_id": {"nobody"}, "post_logout_redirect_uri": {goodbye}}, ""},
		"unknown client only": {url.Values{"client_id": {"nobody"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.v.Set("state", "st")
			session := w.signIn(accountv1.Level_CONFIRMED)
			l := w.shownLogout(w.logout(c.v), session)
			if l.GetConfirmed() || l.GetClientId() != c.name {
				t.Errorf("shown %v", l)
			}
			w.signOut(session)
			if rec := w.browser().get(l.GetContinueUrl()); rec.Header().Get("Location") != issuer+"/" {
				t.Errorf("sent to %s", rec.Header().Get("Location"))
			}
		})
	}
	if !w.shownLogout(w.logout(url.Values{"id_token_hint": {a.ID}}), w.session).GetConfirmed() {
		t.Error("a right request is asked about")
	}
}

// Nobody goes on to a partner still signed in: neither by an address without the page, nor in another session.
func TestLogoutGoesOnOnceItIsDone(t *testing.T) {
	w := start(t)
	w.client()
	v := url.Values{"client_id": {"agency"}, "post_logout_redirect_uri": {goodbye}}
	id := w.logout(v)
	path, page := "/oauth2/logout/continue?id="+id, issuer+"/sign-out?logout="+id
	wantLocation := func(what string, b *browser, want string) {
		t.Helper()
		if rec := b.get(path); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != want {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Header().Get("Location"))
		}
	}
	wantLocation("past the page", w.browser(), page)
	wantLocation("past the page, signed in", w.browser().signedIn(w, w.session), page)
	w.shownLogout(id, w.session)
	wantLocation("before the answer", w.browser(), page)
	other := w.signIn(accountv1.Level_CONFIRMED)
	w.signOut(w.session)
	w.shownLogout(id, "") // the page is loaded again
	wantLocation("signed in anew", w.browser().signedIn(w, other), page)
	w.account.setDown(true)
	if rec := w.browser().get(path); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("account away: %d %s", rec.Code, rec.Header().Get("Location"))
	}
	w.account.setDown(false)
	wantLocation("signed out", w.browser().signedIn(w, w.session), goodbye)
	wantLocation("signed out, once more", w.browser(), goodbye)
}

func TestLogoutRefusals(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_PENDING_PER_ADDRESS", "10", "PROPUSK_OIDC_PENDING", "100")
	repeated := url.Values{"client_id": {"agency", "agency"}}
	wantRefusal(t, w.browser().get("/oauth2/logout?"+repeated.Encode()), http.StatusBadRequest, errorsv1.Reason_PARTNER_REQUEST_MALFORMED)
	for range 10 {
		w.logout(url.Values{})
	}
	wantRefusal(t, w.browser().get("/oauth2/logout"), http.StatusTooManyRequests, errorsv1.Reason_INTERACTION_LIMIT)
	w.client()
	w.begin(w.browser(), request("agency")) // sign-ins have room of their own
}

// A sign-out that is finished is pending no more, and makes room once however often it is gone on from.
func TestAFinishedLogoutMakesRoom(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_PENDING_PER_ADDRESS", "10", "PROPUSK_OIDC_PENDING", "100")
	for range 9 {
		w.logout(url.Values{})
	}
	for range 3 {
		next := w.shownLogout(w.logout(url.Values{}), "").GetContinueUrl()
		for range 3 {
			if rec := w.browser().get(next); rec.Header().Get("Location") != issuer+"/" {
				t.Fatalf("%d %s", rec.Code, rec.Header().Get("Location"))
			}
		}
	}
	w.logout(url.Values{})
	wantRefusal(t, w.browser().get("/oauth2/logout"), http.StatusTooManyRequests, errorsv1.Reason_INTERACTION_LIMIT)
}

func TestLogoutByPost(t *testing.T) {
	w := start(t)
	w.client()
	rec := w.browser().post("/oauth2/logout", url.Values{"client_id": {"agency"}})
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), issuer+"/sign-out?logout=") {
		t.Errorf("%d %s", rec.Code, rec.Header().Get("Location"))
	}
	wantRefusal(t, w.browser().get("/oauth2/logout?client_id=%zz"), badRequest, errorsv1.Reason_PARTNER_REQUEST_MALFORMED)
}

func TestLogoutExpires(t *testing.T) {
	w := start(t)
	id := w.logout(url.Values{})
	w.Clock.Advance(10 * time.Minute)
	_, err := w.pages.GetLogout(w.ctx, &oidcv1.GetLogoutRequest{LogoutId: id})
	wantReason(t, err, errorsv1.Reason_LOGOUT_NOT_FOUND)
	wantRefusal(t, w.browser().get("/oauth2/logout/continue?id="+id), http.StatusNotFound, errorsv1.Reason_LOGOUT_NOT_FOUND)
	wantRefusal(t, w.browser().get("/oauth2/logout/continue"), http.StatusNotFound, errorsv1.Reason_LOGOUT_NOT_FOUND)
}
