package allinone_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

func partnerFaults(t *testing.T, w *troubled) {
	cases{
		{"unknown client and wrong address", noRedirect},
		{"wrong request", wrongRequest},
		{"sign-in begun in another browser", foreignBrowser},
		{"code used twice", codeTwice},
		{"code too old, lost, or with another verifier", badCode},
		{"refresh token used twice", refreshTwice},
		{"flushed Redis", flushedPartner},
		{"sign-out", signedOutPartner},
		{"coming again", comesAgain},
	}.run(t, w)
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// request is a good authorization request, changed by pairs.
func request(pairs ...string) string {
	sum := sha256.Sum256([]byte(verifier))
	v := form("client_id", journey.PartnerID, "redirect_uri", journey.PartnerCallback, "response_type", "code",
		"scope", "openid", "state", "st", "nonce", "no", "code_challenge_method", "S256",
		"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	return "/oauth2/authorize?" + change(v, pairs...).Encode()
}

func noRedirect(w *troubled) {
	for _, pairs := range [][]string{
		{"client_id", "nobody"},
		{"client_id", ""},
		{"redirect_uri", "https://evil.example/callback"},
		{"redirect_uri", ""},
		{"redirect_uri", journey.PartnerCallback + "/more"},
		{"redirect_uri", journey.PartnerCallback + "?x=1"},
		{"redirect_uri", "http://127.0.0.1.evil.example/callback"},
		{"redirect_uri", "http://localhost/callback"},
	} {
		for language, russian := range map[string]bool{"ru": true, "en": false} {
			a := w.ask("GET", request(pairs...), nil, in(language)).ok(http.StatusBadRequest)
			if a.header.Get("Location") != "" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				w.t.Errorf("%v: led to %q", pairs, a.header.Get("Location"))
			}
			head, text, _ := strings.Cut(string(a.raw), "<main") // the head has a switch of languages
			if strings.Contains(text, "evil") || !strings.Contains(head, `<html lang="`+language) || cyrillic(text) != russian {
				w.t.Errorf("%v: the page says %s", pairs, text)
			}
		}
	}
}

func wrongRequest(w *troubled) {
	for _, c := range []struct {
		pairs []string
		want  string
	}{
		{[]string{"code_challenge", ""}, "invalid_request"},
		{[]string{"code_challenge", "", "code_challenge_method", ""}, "invalid_request"},
		{[]string{"code_challenge_method", "plain"}, "invalid_request"},
		{[]string{"code_challenge_method", ""}, "invalid_request"},
		{[]string{"response_type", "token"}, "unsupported_response_type"},
		{[]string{"scope", "profile"}, "invalid_scope"},
		{[]string{"prompt", "none"}, "login_required"},
	} {
		a := w.ask("GET", request(c.pairs...), nil)
		to, err := url.Parse(a.ok(http.StatusSeeOther).header.Get("Location"))
		if err != nil {
			w.t.Fatal(err)
		}
		w.told(to, c.want)
	}
}

// told asks for an error that the partner is sent.
func (w *troubled) told(to *url.URL, want string) {
	w.t.Helper()
	q := to.Query()
	if !strings.HasPrefix(to.String(), journey.PartnerCallback+"?") || q.Get("error") != want || q.Get("state") != "st" ||
		q.Get("iss") != w.url || q.Get("code") != "" {
		w.t.Errorf("the partner got %s, want %s", to, want)
	}
}

// foreignBrowser: somebody begins a sign-in and has another person, who is signed in, open its page.
func foreignBrowser(w *troubled) {
	begun := w.ask("GET", request(), nil).ok(http.StatusSeeOther).header.Get("Location")
	victim := w.client()
	if err := victim.b.Open(context.Background(), begun); err != nil {
		w.t.Fatal(err)
	}
	page := victim.b.Page
	if page.Status != http.StatusNotFound || !strings.Contains(page.Text(), "another browser") ||
		strings.Contains(page.Body, "<form") {
		w.t.Errorf("%d: %s", page.Status, page.Text())
	}
	cookies := withHeader("Cookie", cookieHeader(victim.b.Cookies(page.URL)))
	w.ask("POST", page.URL.Path, form("csrf_token", w.csrf(victim.b), "action", "allow"), cookies).ok(http.StatusNotFound)
}

func cookieHeader(cookies []*http.Cookie) string {
	var out []string
	for _, c := range cookies {
		out = append(out, c.Name+"="+c.Value)
	}
	return strings.Join(out, "; ")
}

// client is the partner's side after a sign-in.
type client struct {
	w *troubled
	b *journey.Browser
	s *journey.Story
}

func (w *troubled) client() *client {
	w.t.Helper()
	c := &client{w: w, b: w.browser(), s: w.who(signedIn)}
	w.enter(c.b, c.s)
	return c
}

func (c *client) authorize(scopes ...string) *journey.Grant {
	c.w.t.Helper()
	p := journey.Partner{URL: c.w.url, HTTP: http.DefaultClient, Scopes: scopes}
	g, err := p.Authorize(context.Background(), c.b, "must not be asked")
	if err != nil {
		c.w.t.Fatal(err)
	}
	return g
}

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string `json:"error"`
}

func (c *client) token(pairs ...string) (int, tokens) {
	c.w.t.Helper()
	a := c.w.ask("POST", "/oauth2/token", form(append([]string{"client_id", journey.PartnerID}, pairs...)...))
	var out tokens
	a.into(&out)
	return a.status, out
}

func (c *client) redeem(g *journey.Grant, verifier string) (int, tokens) {
	c.w.t.Helper()
	return c.token("grant_type", "authorization_code", "code", g.Code, "code_verifier", verifier,
		"redirect_uri", journey.PartnerCallback)
}

func (c *client) refresh(token string) (int, tokens) {
	c.w.t.Helper()
	return c.token("grant_type", "refresh_token", "refresh_token", token)
}

// good asks for tokens, bad for invalid_grant.
func (c *client) good(status int, got tokens) tokens {
	c.w.t.Helper()
	if status != http.StatusOK || got.Access == "" {
		c.w.t.Fatalf("got %d %s", status, got.Error)
	}
	return got
}

func (c *client) bad(status int, got tokens) {
	c.w.t.Helper()
	if status != http.StatusBadRequest || got.Error != "invalid_grant" || got.Access != "" {
		c.w.t.Errorf("got %d %q, a token: %t", status, got.Error, got.Access != "")
	}
}

func (c *client) userinfo(t tokens, want int) {
	c.w.t.Helper()
	if a := c.w.ask("GET", "/oauth2/userinfo", nil, withToken(t.Access)); a.status != want {
		c.w.t.Errorf("userinfo: got %s, want %d", a, want)
	}
}

func codeTwice(w *troubled) {
	c := w.client()
	g := c.authorize("offline_access")
	got := c.good(c.redeem(g, g.Verifier))
	c.userinfo(got, http.StatusOK)
	c.bad(c.redeem(g, g.Verifier))
	c.userinfo(got, http.StatusUnauthorized)
	c.bad(c.refresh(got.Refresh))
}

func badCode(w *troubled) {
	c := w.client()
	g := c.authorize()
	w.Clock.Advance(time.Minute)
	c.bad(c.redeem(g, g.Verifier))
	g = c.authorize()
	c.bad(c.redeem(g, verifier))
	g = c.authorize()
	w.flushRedis()
	c.bad(c.redeem(g, g.Verifier))
	c.bad(c.redeem(&journey.Grant{Code: "made-up"}, verifier))
	g = c.authorize()
	c.good(c.redeem(g, g.Verifier))
}

func refreshTwice(w *troubled) {
	c := w.client()
	g := c.authorize("offline_access")
	first := c.good(c.redeem(g, g.Verifier))
	second := c.good(c.refresh(first.Refresh))
	if again := c.good(c.refresh(first.Refresh)); again.Refresh != second.Refresh {
		w.t.Error("an honest retry got another successor")
	}
	w.Clock.Advance(10*time.Second + time.Millisecond)
	c.userinfo(second, http.StatusOK)
	c.bad(c.refresh(first.Refresh))
	c.bad(c.refresh(second.Refresh))
	c.userinfo(second, http.StatusUnauthorized)
}

func flushedPartner(w *troubled) {
	c := w.client()
	g := c.authorize("offline_access")
	first := c.good(c.redeem(g, g.Verifier))
	second := c.good(c.refresh(first.Refresh))
	w.flushRedis()
	c.userinfo(second, http.StatusOK)
	third := c.good(c.refresh(second.Refresh))
	c.authorize() // the sign-in and the consent are still there
	w.Clock.Advance(11 * time.Second)
	w.flushRedis()
	c.bad(c.refresh(first.Refresh))
	c.userinfo(third, http.StatusUnauthorized)
}

func signedOutPartner(w *troubled) {
	c := w.client()
	g := c.authorize()
	got := c.good(c.redeem(g, g.Verifier))
	ctx := context.Background()
	if err := c.b.Open(ctx, "/sign-out"); err != nil {
		w.t.Fatal(err)
	}
	if err := c.b.Submit(ctx, map[string]string{"csrf_token": w.csrf(c.b)}); err != nil {
		w.t.Fatal(err)
	}
	testkit.Eventually(w.t, "the partner's token to end", func() bool {
		return w.ask("GET", "/oauth2/userinfo", nil, withToken(got.Access)).status == http.StatusUnauthorized
	})
	if err := c.b.Open(ctx, request()); err != nil || c.b.Left != nil {
		w.t.Errorf("signed out, and the partner gets %v, %v", c.b.Left, err)
	}
}

// comesAgain: a partner that can prove who it is gets the code at once of who is signed in and has agreed, with that browser's
// cookie and no other, and not after the sign-out.
func comesAgain(w *troubled) {
	const partner, key, address = "agency", "0123456789abcdef0123456789abcdef", "https://agency.example/callback"
	ctx := context.Background()
	_, err := oidcv1.NewOIDCServiceClient(w.Dial("sandbox", "oidc")).ApplyClient(ctx, &oidcv1.ApplyClientRequest{
		Client: &oidcv1.Client{
			ClientId: partner, Names: map[string]string{"ru": "Агентство", "en": "Agency"}, RedirectUris: []string{address},
			Scopes: []string{"openid"},
		},
		Secrets: []*oidcv1.NewClientSecret{{Value: key}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	c := w.client()
	c.b.StopAt = address
	path := request("client_id", partner, "redirect_uri", address)
	if err := c.b.Open(ctx, path); err != nil || c.b.Left != nil {
		w.t.Fatalf("before any consent the partner gets %v, %v", c.b.Left, err)
	}
	if err := c.b.Submit(ctx, map[string]string{"action": "allow"}); err != nil || c.b.Left == nil {
		w.t.Fatalf("the consent leads to %v, %v", c.b.Left, err)
	}
	u, err := url.Parse(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	here := withHeader("Cookie", cookieHeader(c.b.Cookies(u)))
	location := w.ask("GET", path, nil, here).ok(http.StatusSeeOther).header.Get("Location")
	to, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, address+"?") || to.Query().Get("code") == "" || to.Query().Get("iss") != w.url {
		w.t.Fatalf("led to %s, %v", location, err)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(partner+":"+key))
	w.ask("POST", "/oauth2/token", form("grant_type", "authorization_code", "code", to.Query().Get("code"),
		"code_verifier", verifier, "redirect_uri", address), withHeader("Authorization", basic)).ok(http.StatusOK)

	w.wantInteraction(path)
	if err := c.b.Open(ctx, "/sign-out"); err != nil {
		w.t.Fatal(err)
	}
	if err := c.b.Submit(ctx, map[string]string{"csrf_token": w.csrf(c.b)}); err != nil {
		w.t.Fatal(err)
	}
	w.wantInteraction(path, here)
}

// wantInteraction asks for the pages instead of an answer to the partner.
func (w *troubled) wantInteraction(path string, options ...option) {
	w.t.Helper()
	to := w.ask("GET", path, nil, options...).ok(http.StatusSeeOther).header.Get("Location")
	if !strings.HasPrefix(to, w.url+"/interactions/") {
		w.t.Errorf("led to %s", to)
	}
}

func (w *troubled) csrf(b *journey.Browser) string {
	u, err := url.Parse(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range b.Cookies(u) {
		if c.Name == "csrf" {
			return c.Value
		}
	}
	return ""
}
