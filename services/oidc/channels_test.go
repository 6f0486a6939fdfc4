package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// told is a partner's server that is told of sign-outs.
type told struct {
	*httptest.Server
	mu     sync.Mutex
	tokens []string
	// refuse is how many are answered by an error first.
	refuse int
}

func listen(t *testing.T) *told {
	t.Helper()
	l := &told{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.refuse--; l.refuse >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || len(r.PostForm) != 1 {
			t.Errorf("%s %v, %v", r.Method, r.PostForm, err)
		}
		l.tokens = append(l.tokens, r.PostForm.Get("logout_token"))
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *told) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.tokens...)
}

func backchannel(l *told, session bool) func(*registered) {
	return func(r *registered) {
		r.BackchannelLogoutUri, r.BackchannelLogoutSessionRequired = l.URL+"/out", session
	}
}

const allowLoopback = "127.0.0.0/8"

// A partner's server is told of a sign-out by a token that passes for nothing else, however it comes about and also once its own
// tokens have expired; one that fails is told again.
func TestBackChannelLogout(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_OUTBOUND_ALLOW", allowLoopback)
	l := listen(t)
	l.refuse = 1
	c := w.client(backchannel(l, false))
	other := w.client(func(r *registered) { r.ClientId = "other" })
	a := w.tokens(c)
	w.tokens(other)
	w.Clock.Advance(time.Hour) // every token has expired
	w.signOut(w.session)
	testkit.Eventually(t, "the partner is told", func() bool {
		w.Clock.Advance(time.Second)
		return len(l.all()) == 1
	})
	got := l.all()[0]
	token, _, err := jwt.NewParser().ParseUnverified(got, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	id, out := claims(t, a.ID), claims(t, got)
	if token.Header["typ"] != "logout+jwt" || token.Header["alg"] != "RS256" || token.Header["kid"] != w.published()["RS256"][0] {
		t.Errorf("header %v", token.Header)
	}
	events, _ := out["events"].(map[string]any)
	if _, ok := events["http://schemas.openid.net/event/backchannel-logout"].(map[string]any); !ok || len(events) != 1 {
		t.Errorf("events %v", out["events"])
	}
	if out["sub"] != id["sub"] || out["sid"] != id["sid"] || out["aud"] != "agency" || out["iss"] != issuer || out["jti"] == "" || out["nonce"] != nil {
		t.Errorf("claims %v", out)
	}
	issued, _ := out["iat"].(float64)
	expires, _ := out["exp"].(float64)
	if expires-issued != 120 {
		t.Errorf("it lives for %v s", expires-issued)
	}
}

// When everything of a person ends, a partner is told so once, without a session; one that has to know which is told of each.
func TestBackChannelLogoutOfEverything(t *testing.T) {
	w := start(t, "PROPUSK_OIDC_OUTBOUND_ALLOW", allowLoopback)
	l, strict := listen(t), listen(t)
	w.tokens(w.client(backchannel(l, false)), "scope", "openid offline_access")
	w.tokens(w.client(backchannel(strict, true), func(r *registered) { r.ClientId = "bank" }), "scope", "openid offline_access")
	w.Publish("account", "oidc", w.person, &accounteventsv1.OfflineAccessEnded{AccountId: w.person, SessionIds: []string{w.session}})
	testkit.Eventually(t, "both are told", func() bool { return len(l.all()) == 2 && len(strict.all()) == 1 })
	sids := 0
	for _, token := range l.all() {
		if claims(t, token)["sid"] != nil {
			sids++
		}
	}
	if sids != 1 || claims(t, strict.all()[0])["sid"] == nil {
		t.Errorf("%d of two name a session; the strict one %v", sids, claims(t, strict.all()[0]))
	}
}

// What clients register is no way to send this service to the machines beside it.
func TestBackChannelLogoutStaysOutside(t *testing.T) {
	w := start(t)
	l := listen(t)
	w.tokens(w.client(backchannel(l, false)))
	w.signOut(w.session)
	testkit.Eventually(t, "the job has failed", func() bool {
		var failed int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM oidc.river_job WHERE kind = 'tell_logout' AND attempt > 0
			AND errors::text LIKE '%not a public one%'`).Scan(&failed)
		return err == nil && failed == 1
	})
	if got := l.all(); len(got) != 0 {
		t.Errorf("the machine beside it was sent %v", got)
	}
}

// The sites of a browser's session are told in frames, and then the browser goes on; other sites are in none.
func TestFrontChannelLogout(t *testing.T) {
	w := start(t)
	const frame = "https://agency.example.ru/out?x=1"
	c := w.client(func(r *registered) { r.FrontchannelLogoutUri, r.FrontchannelLogoutSessionRequired = frame, true })
	w.client(func(r *registered) { r.ClientId, r.FrontchannelLogoutUri = "other", "https://agency.example.ru/other" })
	a := w.tokens(c)
	path := w.logout(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}, "state": {"st"}, "ui_locales": {"en"}})
	view, err := w.pages.GetLogout(w.ctx, &oidcv1.GetLogoutRequest{LogoutId: path, SessionId: w.session})
	if err != nil {
		t.Fatal(err)
	}
	w.signOut(w.session)
	rec := w.browser().get(view.GetContinueUrl())
	body := rec.Body.String()
	sid, _ := claims(t, a.ID)["sid"].(string)
	want := frame + "&amp;iss=" + url.QueryEscape(issuer) + "&amp;sid=" + sid
	if rec.Code != http.StatusOK || strings.Count(body, "<iframe") != 1 || !strings.Contains(body, `src="`+want+`"`) ||
		!strings.Contains(body, `href="`+goodbye+`?state=st"`) {
		t.Errorf("%d %s", rec.Code, body)
	}
	if policy := rec.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src https://agency.example.ru") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s", policy)
	}
}
