package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// wantOAuth is a refusal that OAuth libraries understand (RFC 6749 §5.2).
func (a answer) wantOAuth(t *testing.T, status int, code string) {
	t.Helper()
	if a.StatusCode != status || a.Header.Get("Content-Type") != "application/json" || !strings.Contains(a.body, `{"error":"`+code+`"`) ||
		a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Pragma") != "no-cache" {
		t.Errorf("%d %v %s, want %d %s", a.StatusCode, a.Header, a.body, status, code)
	}
}

// What the gateway refuses of the protocol's paths is refused in the protocol's words, whatever the reason.
func TestRefusalsInTheProtocolsForm(t *testing.T) {
	problem := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/oauth2/token":
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		case "/oauth2/jwks":
			errs.WriteProblem(w, r, errs.New(errorsv1.Reason_INTERNAL, "internal error"))
		}
	})
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "5"}, fakeWeb(&pages{}), fakeOIDC(problem))
	for range 10 { // its service counts them
		if a := s.call("POST", "/oauth2/token", ""); a.StatusCode != http.StatusBadRequest || a.body != `{"error":"invalid_grant"}` {
			t.Errorf("the service's own answer: %d %s", a.StatusCode, a.body)
		}
	}
	s.call("GET", "/oauth2/jwks", "").wantOAuth(t, http.StatusInternalServerError, "server_error")
	a := s.call("POST", "/oauth2/token", "", "Idempotency-Key", "ключ")
	a.wantOAuth(t, http.StatusBadRequest, "invalid_request")
	for range 5 {
		a = s.call("GET", "/oauth2/jwks", "")
	}
	a.wantOAuth(t, http.StatusTooManyRequests, "temporarily_unavailable")
	if a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	s.call("GET", "/oauth2/token", "").wantOAuth(t, http.StatusTooManyRequests, "temporarily_unavailable")
	if a := s.call("GET", "/oauth2/authorize", ""); a.body != "the page of RATE_LIMITED" {
		t.Errorf("people get %d %s", a.StatusCode, a.body)
	}
}

func TestTheProtocolsServiceIsAway(t *testing.T) {
	s := startWith(t, nil, fakeWeb(&pages{}))
	a := s.call("POST", "/oauth2/token", "grant_type=x")
	a.wantOAuth(t, http.StatusServiceUnavailable, "temporarily_unavailable")
	if a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	large := s.call("POST", "/oauth2/token", strings.Repeat("x", 2<<20))
	if large.StatusCode != http.StatusServiceUnavailable && large.StatusCode != http.StatusRequestEntityTooLarge ||
		large.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %v", large.StatusCode, large.Header)
	}
}
