package gateway_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
)

// preflight asks as a browser does before a page's call.
func (s *site) preflight(path, origin string) answer {
	s.t.Helper()
	return s.call("OPTIONS", path, "", "Origin", origin, "Access-Control-Request-Method", "PUT",
		"Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
}

// wantReadable is an answer that a page of the origin may read, error or not.
func (a answer) wantReadable(t *testing.T, origin string) {
	t.Helper()
	h := a.Header
	if h.Get("Access-Control-Allow-Origin") != origin || h.Get("Access-Control-Allow-Credentials") != "" ||
		h.Get("Access-Control-Expose-Headers") != "Date, ETag, Retry-After, X-Request-Id" {
		t.Errorf("%s: %d cannot be read by %s: %v", a.Request.URL.Path, a.StatusCode, origin, h)
	}
	if varies := slices.Contains(h.Values("Vary"), "Origin"); !varies && origin != "*" {
		t.Errorf("%s: Vary is %v", a.Request.URL.Path, h.Values("Vary"))
	}
}

// wantHidden is an answer that no page of another site may read.
func (a answer) wantHidden(t *testing.T) {
	t.Helper()
	if allowed := a.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
		t.Errorf("%s: %s may read %d", a.Request.URL.Path, allowed, a.StatusCode)
	}
}

const app = "https://app.example" // PROPUSK_GATEWAY_ORIGINS of every test

var localOrigins = []string{"http://localhost:5173", "http://localhost", "http://127.0.0.1:3000", "http://[::1]:65535"}

// What looks like a page of this machine and is none.
var hostileOrigins = []string{
	"https://evil.example", "null", "http://localhost.evil.example", "http://evil.example#localhost", "http://localhost:5173.evil.example",
	"https://localhost:5173", "ftp://localhost", "file://", "http://user@localhost:5173", "http://localhost@evil.example",
	"http://evil.example/http://localhost", "http://localhost:5173/", "http://localhost:", "http://localhost:0", "http://localhost:123456",
	"http://127.0.0.2", "http://127.0.0.1.evil.example", "http://::1:5173", "http://[::1].evil.example", "http://LOCALHOST",
	"http://app.localhost", "https://app.example.evil.example", "https://app.example:444", "http://app.example", "*",
	"https://app.example, https://evil.example", "http://localhost\tx",
}

func TestOnlyKnownOriginsMayCall(t *testing.T) {
	s := startWith(t, nil, sandbox())
	for _, path := range []string{"/v1/me", "/sandbox/v1/options"} {
		for _, origin := range append(localOrigins, app) {
			a := s.preflight(path, origin)
			a.wantReadable(t, origin)
			if a.StatusCode != http.StatusNoContent || !strings.Contains(a.Header.Get("Access-Control-Allow-Methods"), "PUT") {
				t.Errorf("%s: %d, methods %s", origin, a.StatusCode, a.Header.Get("Access-Control-Allow-Methods"))
			}
		}
		for _, origin := range hostileOrigins {
			a := s.preflight(path, origin)
			a.problem(t, http.StatusForbidden, "ORIGIN_NOT_ALLOWED")
			a.wantHidden(t)
			s.call("GET", path, "", "Origin", origin).wantHidden(t)
		}
	}
	if s.call("GET", "/v1/me", "").Header.Get("Vary") == "" {
		t.Error("what is answered without an origin could be kept for who has one")
	}
}

// Pages, and what partners' servers call, are nobody's to read.
func TestOtherPathsAreNotForOtherSites(t *testing.T) {
	s := startWith(t, nil, echoing("web"), echoing("oidc"), echoing("sandbox"))
	for _, path := range []string{"/", "/cabinet", "/phone", "/demo", "/oauth2/token", "/v1", "/sandbox", "/docs"} {
		s.preflight(path, "http://localhost:5173").wantHidden(t)
		s.call("GET", path, "", "Origin", "http://localhost:5173").wantHidden(t)
	}
}

func TestProductionKnowsNoLoopbackOrigins(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_ENV": "production"})
	for _, origin := range append(localOrigins, hostileOrigins...) {
		a := s.preflight("/v1/me", origin)
		a.problem(t, http.StatusForbidden, "ORIGIN_NOT_ALLOWED")
		a.wantHidden(t)
	}
	s.preflight("/v1/me", app).wantReadable(t, app)
	s.preflight("/sandbox/v1/messages", app).wantHidden(t)
	s.preflight("/openapi.json", "https://any.example").wantReadable(t, "*")
}

// A page has to learn why it was refused, whoever refused it.
func TestRefusalsCanBeReadToo(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "8"}, sandbox())
	origin := localOrigins[0]
	call := func(method, path, body string, headers ...string) answer {
		t.Helper()
		a := s.call(method, path, body, append(headers, "Origin", origin)...)
		a.wantReadable(t, origin)
		return a
	}
	call("GET", "/v1/me", "").problem(t, 401, "UNAUTHENTICATED")
	call("GET", "/v1/me?x=%00", "").problem(t, 400, "REQUEST_MALFORMED")
	call("GET", "/v1/nothing", "").problem(t, 404, "NOT_FOUND")
	call("PUT", "/v1/sessions", "{}").problem(t, 405, "METHOD_NOT_ALLOWED")
	call("POST", "/v1/sessions", `{"login":"`+strings.Repeat("x", 2<<20)+`"}`).problem(t, 413, "PAYLOAD_TOO_LARGE")
	call("POST", "/v1/sessions", "x", "Content-Type", "text/plain").problem(t, 415, "UNSUPPORTED_MEDIA_TYPE")
	call("POST", "/v1/registrations", "{}", "Idempotency-Key", "ключ").problem(t, 400, "IDEMPOTENCY_KEY_INVALID")
	call("POST", "/sandbox/v1/letters/1:deliver", "").problem(t, 404, "LETTER_NOT_FOUND")
	call("GET", "/v1/me", "").problem(t, 429, "RATE_LIMITED")
	// Preflights are not counted: the browser would say nothing but that the call failed.
	if a := s.preflight("/v1/me", origin); a.StatusCode != http.StatusNoContent {
		t.Errorf("a preflight is answered %d", a.StatusCode)
	}
	s.call("GET", "/openapi.json", "", "Origin", "https://any.example").wantReadable(t, "*")
}

// Services refuse what pages of other sites send; the gateway vouches for those that may.
func TestAllowedSitesMayAlsoWrite(t *testing.T) {
	guarded := http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "written")
	}))
	serve := func(ctx context.Context, p *boot.Platform) error { return p.Serve(ctx) }
	s := startWith(t, nil, answering(boot.Service{Name: "sandbox", Run: serve}, guarded))
	write := func(path, origin string) int {
		return s.call("PUT", path, "{}", "Origin", origin, "Sec-Fetch-Site", "cross-site").StatusCode
	}
	for _, origin := range append(localOrigins, app) {
		if status := write("/sandbox/v1/options", origin); status != http.StatusOK {
			t.Errorf("%s: %d", origin, status)
		}
	}
	for _, origin := range hostileOrigins {
		if status := write("/sandbox/v1/options", origin); status != http.StatusForbidden {
			t.Errorf("%s: %d", origin, status)
		}
	}
	if status := write("/demo/sign-out", localOrigins[0]); status != http.StatusForbidden {
		t.Errorf("a page's form: %d", status)
	}
}
