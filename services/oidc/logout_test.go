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
		rec := w.browser().get("/oauth2/logout?" + url.Values{
			"client_id": {"sandbox-app"}, "post_logout_redirect_uri": {address},
		}.Encode())
		if (rec.Code == http.StatusSeeOther) != good {
			t.Errorf("back to %s: %d", address, rec.Code)
		}
	}
}

func TestLogoutRefusals(t *testing.T) {
	w := start(t)
	a := w.tokens(w.client())
	w.client(public)
	parts := strings.Split(a.ID, ".")
	const malformed, mismatch, unknown = errorsv1.Reason_PARTNER_REQUEST_MALFORMED,
		errorsv1.Reason_REDIRECT_URI_MISMATCH, errorsv1.Reason_CLIENT_UNKNOWN
	for name, c := range map[string]struct {
		v      url.Values
		reason errorsv1.Reason
	}{
		"bad hint":            {url.Values{"id_token_hint": {"xyz"}, "post_logout_redirect_uri": {goodbye}}, malformed},
		"modified hint":       {url.Values{"id_token_hint": {parts[0] + "." + parts[1] + ".AAAA"}}, malformed},
		"access token":        {url.Values{"id_token_hint": {a.Access}, "post_logout_redirect_uri": {goodbye}}, malformed},
		"another's hint":      {url.Values{"id_token_hint": {a.ID}, "client_id": {"spa"}}, malformed},
		"unregistered":        {url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {"https://evil.ru/"}}, mismatch},
		"a redirect_uri":      {url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {callback}}, mismatch},
		"query added":         {url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye + "?x=y"}}, mismatch},
		"address of nobody":   {url.Values{"post_logout_redirect_uri": {goodbye}}, unknown},
		"unknown client":      {url.Values{"client_id": {"nobody"}, "post_logout_redirect_uri": {goodbye}}, unknown},
		"unknown client only": {url.Values{"client_id": {"nobody"}}, unknown},
		"repeated":            {url.Values{"client_id": {"agency", "agency"}}, malformed},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, w.browser().get("/oauth2/logout?"+c.v.Encode()), badRequest, c.reason)
		})
	}
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
