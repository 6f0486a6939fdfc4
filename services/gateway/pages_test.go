package gateway_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/internal/refusals"
)

// pages plays a service that answers browsers, and keeps what came.
type pages struct {
	mu      sync.Mutex
	person  rpc.User
	cookies string
	refused []refusals.Refusal
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Path == refusals.Path {
		var refusal refusals.Refusal
		_ = json.NewDecoder(r.Body).Decode(&refusal)
		p.refused = append(p.refused, refusal)
		w.WriteHeader(refusal.Status)
		_, _ = w.Write([]byte("the page of " + refusal.Reason))
		return
	}
	p.person, _ = rpc.UserOf(r.Context())
	p.cookies = r.Header.Get("Cookie")
}

func answering(s boot.Service, h http.Handler) boot.Service {
	s.HTTP = []boot.Route{{Pattern: "/"}}
	run := s.Run
	s.Run = func(ctx context.Context, p *boot.Platform) error {
		p.ServeHTTP(h)
		return run(ctx, p)
	}
	return s
}

func fakeWeb(h http.Handler) boot.Service {
	return answering(boot.Service{Name: "web", Run: func(ctx context.Context, p *boot.Platform) error { return p.Serve(ctx) }}, h)
}

func fakeOIDC(h http.Handler) boot.Service {
	return answering(testkit.Fake("oidc", &oidcv1.OIDCService_ServiceDesc, oidcv1.UnimplementedOIDCServiceServer{}), h)
}

// Pages learn who is signed in, and not by what: a session's token stays with the gateway.
func TestASessionsTokenStaysHere(t *testing.T) {
	web, oidc := &pages{}, &pages{}
	s := startWith(t, nil, fakeWeb(web), fakeOIDC(oidc))
	for token, person := range map[string]string{pageToken: account, restToken: "", "nonsense": "", "\xff": ""} {
		cookies := []string{"Cookie", "session=" + token + "; csrf=c1; lang=en; interaction-1=i1"}
		s.call("GET", "/cabinet", "", cookies...)
		s.call("GET", "/oauth2/authorize", "", cookies...)
		if web.person.AccountID != person || oidc.person.AccountID != person {
			t.Errorf("%q: web sees %q, oidc %q", token, web.person.AccountID, oidc.person.AccountID)
		}
		if person != "" && (web.person.SessionID != "s1" || web.cookies != "session=; csrf=c1; lang=en; interaction-1=i1") {
			t.Errorf("web sees %+v, cookies %s", web.person, web.cookies)
		}
		if oidc.cookies != "lang=en; interaction-1=i1" {
			t.Errorf("oidc gets the cookies %s", oidc.cookies)
		}
	}
	s.call("GET", "/oauth2/token", "", "Cookie", "session="+pageToken)
	if oidc.person.AccountID != "" || oidc.cookies != "" {
		t.Errorf("a program's call carries a browser's session: %+v, %s", oidc.person, oidc.cookies)
	}
}

func TestRefusalsForPeopleArePages(t *testing.T) {
	web := &pages{}
	s := startWith(t, nil, fakeWeb(web), fakeOIDC(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Language", "en")
		w.Header().Add("Set-Cookie", "interaction-1=i1")
		errs.WriteProblem(w, r, errs.New(errorsv1.Reason_REDIRECT_URI_MISMATCH, "for developers"))
	})))
	a := s.call("GET", "/oauth2/authorize?x=1", "")
	if a.StatusCode != http.StatusBadRequest || a.body != "the page of REDIRECT_URI_MISMATCH" || a.Header.Get("Set-Cookie") == "" {
		t.Errorf("%d %v %s", a.StatusCode, a.Header, a.body)
	}
	if len(web.refused) != 1 || web.refused[0].Language != "en" || web.refused[0].URI != "/oauth2/authorize?x=1" {
		t.Errorf("web was asked %+v", web.refused)
	}
}

func TestNobodyOutsideAsksForPagesAboutRefusals(t *testing.T) {
	web := &pages{}
	s := startWith(t, nil, fakeWeb(web))
	a := s.call("POST", refusals.Path, `{"reason":"INTERNAL","status":200}`)
	if a.StatusCode != http.StatusNotFound || len(web.refused) != 1 || web.refused[0].Reason != "NOT_FOUND" {
		t.Errorf("%d %s; web was asked %+v", a.StatusCode, a.body, web.refused)
	}
}

// TestWithoutWebThereIsAPlainPage has neither web nor sandbox behind it.
func TestWithoutWebThereIsAPlainPage(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/", "/phone", "/oauth2/authorize"} {
		a := s.call("GET", path, "", "Accept-Language", "en")
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") != "3" ||
			!strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Header.Get("Content-Language") != "en" ||
			!strings.Contains(a.body, "The service is unavailable for now") || !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
			t.Errorf("%s: %d %v %s", path, a.StatusCode, a.Header, a.body)
		}
	}
	call := s.call(http.MethodGet, "/sandbox/v1/messages", "")
	if call.StatusCode != http.StatusServiceUnavailable || call.Header.Get("Retry-After") != "3" ||
		call.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(call.body, `"code":"UNAVAILABLE"`) {
		t.Errorf("for programs: %d %v %s", call.StatusCode, call.Header, call.body)
	}
}

// sandbox answers every call with a refusal as services write it.
func sandbox() boot.Service {
	s := testkit.Fake("sandbox", &sandboxv1.SandboxService_ServiceDesc, sandboxv1.UnimplementedSandboxServiceServer{})
	s.HTTP = []boot.Route{{Pattern: "/"}}
	run := s.Run
	s.Run = func(ctx context.Context, p *boot.Platform) error {
		p.ServeHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			err := errs.New(errorsv1.Reason_LETTER_NOT_FOUND, "for developers")
			if r.Method != http.MethodPost {
				err = errs.New(errorsv1.Reason_METHOD_NOT_ALLOWED, "for developers")
			}
			if r.URL.RawQuery != "" {
				err, _ = errs.As(errs.Fields{{Name: "wait", Reason: errorsv1.Reason_FIELD_MALFORMED}}.Err())
			}
			w.Header().Set("Allow", "POST")
			errs.WriteProblem(w, r, errs.Refusal(err, nil))
		}))
		return run(ctx, p)
	}
	return s
}

func TestTheSandboxRefusesAsTheAPIDoes(t *testing.T) {
	s := startWith(t, nil, sandbox())
	english := []string{"Accept-Language", "en"}
	missing := s.call("POST", "/sandbox/v1/letters/1:deliver", "", english...)
	p := missing.problem(t, 404, "LETTER_NOT_FOUND")
	if p.Detail == "for developers" || p.Instance != "/sandbox/v1/letters/1:deliver" || missing.Header.Get("Content-Language") != "en" {
		t.Errorf("not the gateway's: %s in %q", missing.body, missing.Header.Get("Content-Language"))
	}
	if ru := s.call("POST", "/sandbox/v1/letters/1:deliver", "").problem(t, 404, "LETTER_NOT_FOUND"); ru.Title == p.Title {
		t.Errorf("%q in both languages", p.Title)
	}
	field := s.call("POST", "/sandbox/v1/messages?wait=x", "", english...).problem(t, 400, "VALIDATION_FAILED")
	if len(field.Errors) != 1 || field.Errors[0].Pointer != "/wait" || field.Errors[0].Code != "FIELD_MALFORMED" ||
		field.Errors[0].Detail == "" {
		t.Errorf("errors %+v", field.Errors)
	}
	method := s.call("GET", "/sandbox/v1/letters/1:deliver", "")
	if method.problem(t, 405, "METHOD_NOT_ALLOWED"); method.Header.Get("Allow") != "POST" {
		t.Errorf("Allow: %s", method.Header.Get("Allow"))
	}
}
