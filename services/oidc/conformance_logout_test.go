package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

func TestConformanceConfig(t *testing.T) {
	run(t, "", map[string]module{"oidcc-discovery-endpoint-verification": (*suite).discoveryEndpoint})
}

func TestConformanceRPInitiatedLogout(t *testing.T) {
	run(t, "", map[string]module{
		"oidcc-rp-initiated-logout": func(s *suite) {
			a := s.flow()
			s.leaves(s.endSession(url.Values{
				"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}, "state": {"st&1"},
			}), goodbye+"?state=st%261")
		},
		"oidcc-rp-initiated-logout-no-state": func(s *suite) {
			a := s.flow()
			s.leaves(s.endSession(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}}), goodbye)
		},
		"oidcc-rp-initiated-logout-bad-id-token-hint": func(s *suite) {
			s.flow()
			s.stays(url.Values{"id_token_hint": {"bad"}, "post_logout_redirect_uri": {goodbye}, "state": {"st"}})
		},
		"oidcc-rp-initiated-logout-modified-id-token-hint": func(s *suite) {
			parts := strings.Split(s.flow().ID, ".")
			modified := parts[0] + "." + parts[1][:len(parts[1])-2] + "AA." + parts[2]
			s.stays(url.Values{"id_token_hint": {modified}, "post_logout_redirect_uri": {goodbye}, "state": {"st"}})
		},
		"oidcc-rp-initiated-logout-no-id-token-hint": func(s *suite) {
			s.flow()
			s.stays(url.Values{"post_logout_redirect_uri": {goodbye}, "state": {"st"}})
		},
		"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": func(s *suite) {
			a := s.flow()
			s.stays(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye + "/x"}, "state": {"st"}})
		},
		"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": func(s *suite) {
			a := s.flow()
			s.stays(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye + "?foo=bar"}, "state": {"st"}})
		},
		"oidcc-rp-initiated-logout-no-params":  func(s *suite) { s.flow(); s.stays(url.Values{}) },
		"oidcc-rp-initiated-logout-only-state": func(s *suite) { s.flow(); s.stays(url.Values{"state": {"st"}}) },
	})
}

func TestConformanceFrontChannelLogout(t *testing.T) {
	run(t, "", map[string]module{"oidcc-frontchannel-rp-initiated-logout": func(s *suite) {
		const frame = "https://localhost.emobix.co.uk:8443/test/a/propusk/frontchannel_logout"
		s.c = s.register(func(r *registered) { r.FrontchannelLogoutUri, r.FrontchannelLogoutSessionRequired = frame, true })
		a := s.flow()
		rec := s.endSession(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}, "state": {"st"}})
		sid, _ := claims(s.t, a.ID)["sid"].(string)
		body := rec.Body.String()
		if rec.Code != http.StatusOK || !strings.Contains(body, frame+"?iss="+url.QueryEscape(issuer)+"&amp;sid="+sid) ||
			!strings.Contains(body, goodbye+"?state=st") {
			s.t.Errorf("%d %s", rec.Code, body)
		}
		s.over()
	}})
}

func TestConformanceBackChannelLogout(t *testing.T) {
	run(t, "", map[string]module{"oidcc-backchannel-rp-initiated-logout": func(s *suite) {
		l := listen(s.t)
		s.c = s.register(backchannel(l, true))
		a := s.flow()
		s.leaves(s.endSession(url.Values{"id_token_hint": {a.ID}, "post_logout_redirect_uri": {goodbye}, "state": {"st"}}), goodbye+"?state=st")
		testkit.Eventually(s.t, "the logout token", func() bool { return len(l.all()) == 1 })
		id, out := claims(s.t, a.ID), claims(s.t, l.all()[0])
		if out["iss"] != id["iss"] || out["aud"] != id["aud"] || out["sub"] != id["sub"] || out["sid"] != id["sid"] ||
			out["nonce"] != nil || out["events"] == nil || out["jti"] == nil || out["iat"] == nil {
			s.t.Errorf("the logout token says %v", out)
		}
		s.over()
	}})
}

func (s *suite) discoveryEndpoint() {
	doc := s.document("/.well-known/openid-configuration")
	for _, name := range []string{
		"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "scopes_supported",
		"response_types_supported", "grant_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported",
		"claims_supported", "token_endpoint_auth_methods_supported",
	} {
		if doc[name] == nil {
			s.t.Errorf("there is no %s", name)
		}
	}
	if doc["issuer"] != issuer {
		s.t.Errorf("issuer %v", doc["issuer"])
	}
}

// endSession goes through a sign-out in the browser: the person agrees, if asked.
func (s *suite) endSession(v url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	shown := s.shownLogout(s.logout(v), s.session)
	session := s.session
	s.signOut(session)
	return s.at(session).get(shown.GetContinueUrl())
}

// leaves: the browser goes back to the partner, and the session is over.
func (s *suite) leaves(rec *httptest.ResponseRecorder, to string) {
	s.t.Helper()
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != to {
		s.t.Errorf("%d to %s, want %s", rec.Code, rec.Header().Get("Location"), to)
	}
	s.over()
}

// over: a silent request finds nobody signed in.
func (s *suite) over() {
	s.t.Helper()
	v := s.ask("prompt", "none")
	if a := s.read(s.at(s.session).get("/oauth2/authorize?" + v.Encode())); a.Get("error") != "login_required" {
		s.t.Errorf("after the sign-out: %v", a)
	}
}

// stays: the person is asked, and the browser goes nowhere else.
func (s *suite) stays(v url.Values) {
	s.t.Helper()
	l := s.shownLogout(s.logout(v), s.session)
	if l.GetConfirmed() {
		s.t.Error("the person is not asked")
	}
	s.Clock.Advance(time.Millisecond)
	session := s.session
	s.signOut(session)
	if rec := s.at(session).get(l.GetContinueUrl()); rec.Header().Get("Location") != issuer+"/" {
		s.t.Errorf("%d to %s", rec.Code, rec.Header().Get("Location"))
	}
	s.session = s.signIn(accountv1.Level_CONFIRMED)
}
