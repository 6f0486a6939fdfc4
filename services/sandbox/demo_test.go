package sandbox_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/testkit"
)

const (
	issuer = "http://localhost:8080"
	// clinic is where the partner's own pages are: on another host.
	clinic = "http://127.0.0.1:8080"
)

// provider plays the authorization server, as it is reached from inside.
type provider struct {
	*httptest.Server
	key *rsa.PrivateKey
	now func() time.Time
	// challenge, nonce and clientSecret are what the partner must prove; audience is whom the ID token is for.
	challenge, nonce, audience string
	clientSecret               func() string
	issued                     atomic.Int32
	hosts                      chan string
}

func startProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, audience: "demo", hosts: make(chan string, 100)}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/jwks", p.keys)
	mux.HandleFunc("/token", p.token)
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"sub": "pairwise", "snils": "000-000-600 01", "address": map[string]string{"country": "RU"}})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (p *provider) discovery(w http.ResponseWriter, r *http.Request) {
	p.hosts <- r.Host
	p.answer(w, map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
		"jwks_uri": issuer + "/jwks", "userinfo_endpoint": issuer + "/userinfo", "end_session_endpoint": issuer + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	n := base64.RawURLEncoding.EncodeToString(p.key.N.Bytes())
	e := base64.RawURLEncoding.EncodeToString(big.NewInt(int64(p.key.E)).Bytes())
	p.answer(w, map[string]any{"keys": []map[string]string{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": n, "e": e}}})
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	right := base64.RawURLEncoding.EncodeToString(sum[:]) == p.challenge && id == "demo" && secret == p.clientSecret() &&
		r.FormValue("code") == "good" && r.FormValue("redirect_uri") == clinic+"/demo/callback"
	if !right {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	p.issued.Add(1)
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": issuer, "aud": p.audience, "sub": "pairwise", "nonce": p.nonce, "acr": "confirmed", "given_name": "Иван",
		"iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(),
	})
	token.Header["kid"] = "1"
	signed, err := token.SignedString(p.key)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	p.answer(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": signed})
}

func startDemo(t *testing.T) (*world, *provider) {
	t.Helper()
	p := startProvider(t)
	w := start(t, map[string]string{"INTERNAL_URL": p.URL})
	p.now = w.Clock.Now
	p.clientSecret = func() string { return w.clients.get("demo").GetSecrets()[0].GetValue() }
	testkit.Eventually(t, "the client is registered", func() bool { return w.clients.get("demo") != nil })
	return w, p
}

const formType = "application/x-www-form-urlencoded"

// begin presses "sign in" and gives the request to the authorization server and the cookie.
func (w *world) begin(p *provider, form string) (query url.Values, cookie string) {
	w.t.Helper()
	a := w.do("POST", "/demo/sign-in", form, "Content-Type", formType)
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusSeeOther || !strings.HasPrefix(to.String(), issuer+"/authorize?") {
		w.t.Fatalf("%d to %s, want the authorization endpoint", a.status, to)
	}
	query = to.Query()
	p.challenge, p.nonce = query.Get("code_challenge"), query.Get("nonce")
	cookie, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";")
	if !strings.Contains(a.header.Get("Set-Cookie"), "HttpOnly") || strings.Contains(cookie, query.Get("state")) {
		w.t.Errorf("cookie %q", a.header.Get("Set-Cookie"))
	}
	return query, cookie
}

// callback is the server's answer; more may name another issuer, or none.
func callback(query url.Values, more string) string {
	path := "/demo/callback?state=" + url.QueryEscape(query.Get("state")) + "&" + more
	if !strings.Contains(more, "iss=") {
		path += "&iss=" + url.QueryEscape(issuer)
	}
	return path
}

func TestDemoPartnerSignsIn(t *testing.T) {
	w, p := startDemo(t)
	home := w.do("GET", "/demo", "", "Cookie", "lang=en")
	if home.status != http.StatusOK || !strings.Contains(home.body, "Sign in with Propusk") {
		t.Fatalf("home: %d", home.status)
	}
	query, cookie := w.begin(p, "acr=confirmed&scope=profile&scope=snils&scope=unknown&again=on")
	for name, want := range map[string]string{
		"client_id": "demo", "response_type": "code", "scope": "openid profile snils", "acr_values": "confirmed",
		"prompt": "login", "code_challenge_method": "S256", "redirect_uri": clinic + "/demo/callback", "ui_locales": "ru",
	} {
		if query.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, query.Get(name), want)
		}
	}
	path := callback(query, "code=good&iss="+url.QueryEscape(issuer))
	page := w.do("GET", path, "", "Cookie", cookie)
	for _, want := range []string{"000-000-600 01", "подтверждённая", "Иван", "&#34;country&#34;: &#34;RU&#34;", "pairwise"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the result has no %s", want)
		}
	}
	if host := <-p.hosts; host != "localhost:8080" {
		t.Errorf("asked inside for %s, want the public host", host)
	}
	if got := page.header.Get("Set-Cookie"); !strings.Contains(got, "Max-Age=0") {
		t.Errorf("the cookie stays: %q", got)
	}
	if again := w.do("GET", path, ""); again.status != http.StatusBadRequest || p.issued.Load() != 1 {
		t.Errorf("reloaded: %d, %d tokens", again.status, p.issued.Load())
	}
	token := regexp.MustCompile(`name="id_token" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	out := w.do("POST", "/demo/sign-out", "id_token="+url.QueryEscape(token), "Content-Type", formType)
	to, _ := url.Parse(out.header.Get("Location"))
	if !strings.HasPrefix(to.String(), issuer+"/logout?") || to.Query().Get("id_token_hint") != token ||
		to.Query().Get("post_logout_redirect_uri") != clinic+"/demo" {
		t.Errorf("signed out at %s", to)
	}
}

func TestDemoPartnerRefuses(t *testing.T) {
	w, p := startDemo(t)
	for _, c := range []struct {
		name, more, want string
		status           int
		spoil            func()
	}{
		{"the person said no", "error=access_denied&error_description=the+person+refused+consent", "не согласились", 200, func() {}},
		{"the person left", "error=access_denied&error_description=the+person+cancelled+the+sign-in", "отменили вход", 200, func() {}},
		{"an error it does not know", "error=server_error", "server_error", 200, func() {}},
		{"a wrong code", "code=bad", "invalid_grant", 200, func() {}},
		{"another server's answer", "code=good&iss=https%3A%2F%2Fevil.example", "Начните ещё раз", 400, func() {}},
		{"an answer of nobody's", "code=good&iss=", "Начните ещё раз", 400, func() {}},
		{"an error of nobody's", "error=access_denied&iss=", "Начните ещё раз", 400, func() {}},
		{"another sign-in's ID token", "code=good", "не отвечает", 502, func() { p.nonce = "another" }},
		{"another client's ID token", "code=good", "не отвечает", 502, func() { p.audience = "another" }},
		{"too late", "code=good", "Начните ещё раз", 400, func() { w.Clock.Advance(16 * time.Minute) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			query, cookie := w.begin(p, "scope=profile")
			c.spoil()
			page := w.do("GET", callback(query, c.more), "", "Cookie", cookie)
			if page.status != c.status || !strings.Contains(page.body, c.want) {
				t.Errorf("%d without %q", page.status, c.want)
			}
		})
	}
	t.Run("another browser", func(t *testing.T) {
		query, _ := w.begin(p, "")
		_, cookie := w.begin(p, "")
		if page := w.do("GET", callback(query, "code=good"), "", "Cookie", cookie); page.status != http.StatusBadRequest {
			t.Errorf("%d, want 400", page.status)
		}
	})
}

// The partner is another site than the installation's, and looks like one.
func TestDemoPartnerIsAnotherSite(t *testing.T) {
	w, _ := startDemo(t)
	registered := w.clients.get("demo").GetClient()
	if registered.GetStartUrl() != clinic+"/demo" || registered.GetRedirectUris()[0] != clinic+"/demo/callback" ||
		len(registered.GetVoluntaryClaims()) == 0 {
		t.Errorf("registered as %v", registered)
	}
	for _, path := range []string{"/demo", "/demo/nowhere?x=1"} {
		if a := w.do("GET", path, "", "Host", "localhost:8080"); a.status != http.StatusSeeOther || a.header.Get("Location") != clinic+path {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	page := w.do("GET", "/demo", "", "Host", "127.0.0.1:8080")
	if page.status != http.StatusOK || !strings.Contains(page.body, "Поликлиника на Садовой") ||
		strings.Contains(page.body, "/static/sandbox/") || strings.Contains(page.body, `class="ribbon"`) {
		t.Errorf("%d %s", page.status, page.body)
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "; form-action 'self' "+issuer+"; ") {
		t.Errorf("its forms cannot lead to the server: %q", policy)
	}
	if css := w.do("GET", "/demo/static/demo.css", ""); css.status != http.StatusOK || !strings.Contains(page.body, "/demo/static/demo.css") {
		t.Errorf("its look: %d", css.status)
	}
}

func TestDemoPartnerAsksWhichAccount(t *testing.T) {
	w, p := startDemo(t)
	query, _ := w.begin(p, "choose=on&consent=on")
	if got := query.Get("prompt"); got != "consent select_account" {
		t.Errorf("prompt is %q", got)
	}
}

func TestDemoClientKeepsItsSecret(t *testing.T) {
	w, _ := startDemo(t)
	first := w.clients.get("demo").GetSecrets()[0].GetValue()
	var sealed []byte
	if err := w.Pool().QueryRow(w.ctx, `SELECT value FROM sandbox.secrets`).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	if len(first) < 43 || strings.Contains(string(sealed), first) {
		t.Error("the secret is short or kept in the open")
	}
	w.clients.mu.Lock()
	delete(w.clients.known, "demo")
	w.clients.mu.Unlock()
	w.Restart()
	testkit.Eventually(t, "the client is registered again", func() bool { return w.clients.get("demo") != nil })
	if w.clients.get("demo").GetSecrets()[0].GetValue() != first {
		t.Error("a restart made another secret")
	}
	if strings.Contains(w.Logs(), first) {
		t.Error("the log has the secret")
	}
}

func TestDemoSaysWhenTheServerIsAway(t *testing.T) {
	w, p := startDemo(t)
	p.Close()
	if a := w.do("POST", "/demo/sign-in", "", "Content-Type", formType); a.status != http.StatusBadGateway {
		t.Errorf("%d, want 502", a.status)
	}
}
