package oidc_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// posted reads the form that the page posts by itself; the address is under "".
func posted(t *testing.T, rec *httptest.ResponseRecorder) url.Values {
	t.Helper()
	body := rec.Body.String()
	address := regexp.MustCompile(`<form method="post" action="([^"]*)">`).FindStringSubmatch(body)
	if rec.Code != http.StatusOK || address == nil || rec.Header().Get("Location") != "" {
		t.Fatalf("%d %v %s", rec.Code, rec.Header(), body)
	}
	script := regexp.MustCompile(`<script>([^<]*)</script>`).FindStringSubmatch(body)[1]
	sum := sha256.Sum256([]byte(script))
	policy := rec.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %s", policy)
	}
	if !strings.Contains(body, "<noscript>") || !strings.Contains(body, "<button>") || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", rec.Header(), body)
	}
	out := url.Values{"": {html.UnescapeString(address[1])}}
	for _, f := range regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		out.Set(f[1], html.UnescapeString(f[2]))
	}
	return out
}

// The answer is a form whatever it says, at once and after the pages; what strangers put into it stays text.
func TestFormPost(t *testing.T) {
	w := start(t)
	c := w.client()
	const state = `"><script>alert(1)</script>`
	ask := request("agency", "response_mode", "form_post", "state", state, "ui_locales", "en")
	b := w.browser()
	rec := b.get(w.decide(w.begin(b, ask), w.session, oidcv1.Decision_ALLOW, "openid"))
	a := posted(t, rec)
	if a.Get("") != callback || a.Get("state") != state || a.Get("iss") != issuer || a.Get("code") == "" {
		t.Fatalf("posted %v", a)
	}
	if strings.Count(rec.Body.String(), "<script>") != 1 || !strings.Contains(rec.Body.String(), "Go back to the site") {
		t.Errorf("the page is %s", rec.Body)
	}
	if tokens := w.redeem(c, a.Get("code")); tokens.status != http.StatusOK {
		t.Errorf("%d %s", tokens.status, tokens.Error)
	}
	if a := posted(t, w.at(w.session).get("/oauth2/authorize?"+ask.Encode())); a.Get("code") == "" {
		t.Errorf("at once: %v", a)
	}
	ask.Set("prompt", "none")
	if a := posted(t, w.browser().get("/oauth2/authorize?"+ask.Encode())); a.Get("error") != "login_required" || a.Get("state") != state {
		t.Errorf("an error: %v", a)
	}
	for _, mode := range []string{"fragment", "web_message", "jwt", "FORM_POST"} {
		if a := answer(t, w.browser().get(authorize("agency", "response_mode", mode))); a.Get("error") != "invalid_request" {
			t.Errorf("%s: %v", mode, a)
		}
	}
}
