package boot

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
)

// httpWay is a way for HTTP between services; every test here goes both.
type httpWay struct {
	as     func(t *testing.T, service string) *Platform
	minter *rpc.Minter
}

func overBothWays(t *testing.T, test func(t *testing.T, way httpWay)) {
	t.Helper()
	root := t.TempDir()
	if err := keyring.Prepare(root, []string{"gateway", "web", "otp"}, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	key, err := keyring.UserTokenKey(filepath.Join(root, "gateway"))
	if err != nil {
		t.Fatal(err)
	}
	pub, err := keyring.UserTokenPub(filepath.Join(root, "gateway"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	platform := func(service string, n network) *Platform {
		return &Platform{Service: service, Log: log, network: n, verifier: rpc.NewVerifier(pub, time.Now)}
	}
	t.Run("pipe", func(t *testing.T) {
		n := newPipes()
		as := func(_ *testing.T, service string) *Platform { return platform(service, n) }
		test(t, httpWay{as, rpc.NewMinter(key, time.Now)})
	})
	t.Run("TCP", func(t *testing.T) {
		listen := belowFreePort(t)
		as := func(t *testing.T, service string) *Platform {
			c := Config{SecretsDir: filepath.Join(root, service), Listen: listen, Peers: map[string]string{"web": listen}}
			n, err := newTCP(c, log)
			if err != nil {
				t.Fatal(err)
			}
			return platform(service, n)
		}
		test(t, httpWay{as, rpc.NewMinter(key, time.Now)})
	})
}

// belowFreePort is an address whose next port is free: there a service serves HTTP.
func belowFreePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Addr().(*net.TCPAddr).Port-1))
}

// serve runs web with the handler until the test ends.
func (way httpWay) serve(t *testing.T, h http.HandlerFunc) {
	t.Helper()
	p := way.as(t, "web")
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- p.network.serveHTTP(ctx, "web", p.receive(h)) }()
	t.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
}

// call asks web as a service; it tries again while web is only starting.
func (way httpWay) call(t *testing.T, as string, r *http.Request, withheld Withheld) *httptest.ResponseRecorder {
	t.Helper()
	p := way.as(t, as)
	h, err := p.HTTPTo("web", withheld)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	var w *httptest.ResponseRecorder
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		w = httptest.NewRecorder()
		w.Header().Set("X-Frame-Options", "DENY")
		if h.ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable {
			break
		}
	}
	return w
}

const forged = "forged"

func forgedRequest(ctx context.Context) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://id.example/sign-in?next=%2Fcabinet&odd=%zz", nil).WithContext(ctx)
	for _, name := range []string{
		"Propusk-User", "Propusk-Client-Ip", "Propusk-User-Agent", "propusk-request-id", "Propusk-Language", "Propusk-Idempotency-Key", "Propusk-Else",
		"Traceparent", "Tracestate", "Baggage", "X-Request-Id", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded",
		"Idempotency-Key",
	} {
		r.Header.Set(name, forged)
	}
	r.Header.Set("Authorization", "Basic Y2xpZW50")
	for _, name := range []string{"session", "lang", "interaction-1"} {
		r.AddCookie(&http.Cookie{Name: name, Value: "value-of-" + name})
	}
	return r
}

func TestTheContextGoesAlongAndNothingElse(t *testing.T) {
	overBothWays(t, func(t *testing.T, way httpWay) {
		want := rpc.Request{ID: "r1", IdempotencyKey: "key-1", Language: "en", ClientIP: "192.0.2.7", UserAgent: "Firefox/140.0"}
		user := rpc.User{AccountID: "a1", SessionID: "s1", Level: 2, AuthTime: time.Now().Truncate(time.Second), AMR: []string{"pwd"}}
		token, err := way.minter.Mint(user)
		if err != nil {
			t.Fatal(err)
		}
		span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
		ctx := trace.ContextWithSpanContext(rpc.WithUser(rpc.WithRequest(t.Context(), want), user, token), span)
		var got *http.Request
		way.serve(t, func(w http.ResponseWriter, r *http.Request) {
			got = r
			w.Header().Set("X-Frame-Options", "SAMEORIGIN")
			w.WriteHeader(http.StatusTeapot)
		})
		w := way.call(t, "gateway", forgedRequest(ctx), Withheld{Cookies: []string{"session"}, Values: []string{"lang"}})
		if w.Code != http.StatusTeapot || !slices.Equal(w.Header().Values("X-Frame-Options"), []string{"SAMEORIGIN"}) {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		if r := rpc.RequestOf(got.Context()); r != want {
			t.Errorf("the request is %+v, want %+v", r, want)
		}
		if u, _ := rpc.UserOf(got.Context()); u.AccountID != "a1" || u.SessionID != "s1" || u.Level != 2 || !u.AuthTime.Equal(user.AuthTime) {
			t.Errorf("the person is %+v", u)
		}
		if s := trace.SpanContextFromContext(got.Context()); s.TraceID() != span.TraceID() || s.SpanID() != span.SpanID() {
			t.Errorf("the trace is %v", s)
		}
		if got.Host != "id.example" || got.RemoteAddr != "192.0.2.7:0" || got.URL.RawQuery != "next=%2Fcabinet&odd=%zz" || got.TLS != nil {
			t.Errorf("host %s, from %s, query %s", got.Host, got.RemoteAddr, got.URL.RawQuery)
		}
		wantHeaders(t, got.Header, "lang=; interaction-1=value-of-interaction-1")
	})
}

func wantHeaders(t *testing.T, h http.Header, cookies string) {
	t.Helper()
	if h.Get("Authorization") == "" || h.Get("Cookie") != cookies {
		t.Errorf("credentials of the protocol: %v", h)
	}
	for name, values := range h {
		if strings.HasPrefix(name, "Propusk-") || strings.Contains(strings.Join(values, " "), forged) || name == "Traceparent" {
			t.Errorf("%s: %v goes along", name, values)
		}
	}
}

func TestWhatACallerSendsIsNoContext(t *testing.T) {
	overBothWays(t, func(t *testing.T, way httpWay) {
		var got *http.Request
		way.serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r })
		way.call(t, "gateway", forgedRequest(t.Context()), Withheld{})
		_, signedIn := rpc.UserOf(got.Context())
		traced := trace.SpanContextFromContext(got.Context()).IsValid()
		if r := rpc.RequestOf(got.Context()); signedIn || traced || r != (rpc.Request{Language: "ru"}) {
			t.Errorf("signed in: %v, traced: %v, the request is %+v", signedIn, traced, r)
		}
	})
}

func TestOnlyTheGatewayMayCallByHTTP(t *testing.T) {
	overBothWays(t, func(t *testing.T, way httpWay) {
		way.serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a stranger came through") })
		if w := way.call(t, "otp", httptest.NewRequest(http.MethodGet, "/", nil), Withheld{}); w.Code != http.StatusForbidden {
			t.Errorf("another service got %d", w.Code)
		}
	})
}

func TestAnInternalTokenThatIsNoneIsRefused(t *testing.T) {
	overBothWays(t, func(t *testing.T, way httpWay) {
		way.serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it came through") })
		ctx := rpc.WithUser(t.Context(), rpc.User{AccountID: "a1"}, "nonsense")
		w := way.call(t, "gateway", httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx), Withheld{})
		wantProblem(t, w, http.StatusUnauthorized, "UNAUTHENTICATED")
	})
}

func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"code":"`+code+`"`) {
		t.Errorf("got %d %s, want %d %s", w.Code, w.Body, status, code)
	}
}

func TestAServiceThatCannotBeReachedIsUnavailable(t *testing.T) {
	overBothWays(t, func(t *testing.T, way httpWay) {
		p := way.as(t, "gateway")
		h, err := p.HTTPTo("web", Withheld{})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		wantProblem(t, w, http.StatusServiceUnavailable, "UNAVAILABLE")
		if w.Header().Get("Retry-After") != "3" {
			t.Errorf("Retry-After %s", w.Header().Get("Retry-After"))
		}
	})
}

func TestAPanicAndATooLargeBodyAreRefusals(t *testing.T) {
	overBothWays(t, func(t *testing.T, way httpWay) {
		way.serve(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic("a mistake")
		})
		wantProblem(t, way.call(t, "gateway", httptest.NewRequest(http.MethodGet, "/", nil), Withheld{}), http.StatusInternalServerError, "INTERNAL")
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(bytes.NewReader(make([]byte, 2<<20))), 1<<20)
		r.ContentLength = -1
		wantProblem(t, way.call(t, "gateway", r, Withheld{}), http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE")
	})
}

// A connection that is used again must not take what ended the last request for the end of the next.
func TestALiveCallerIsNeverTakenForGone(t *testing.T) {
	const callers, requests = 8, 3000
	overBothWays(t, func(t *testing.T, way httpWay) {
		var gone atomic.Int32
		way.serve(t, func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
				gone.Add(1)
			case <-time.After(50 * time.Microsecond):
			}
		})
		way.call(t, "gateway", httptest.NewRequest(http.MethodGet, "/", nil), Withheld{})
		h, err := way.as(t, "gateway").HTTPTo("web", Withheld{})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				for range requests {
					w := httptest.NewRecorder()
					if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil)); w.Code != http.StatusOK {
						gone.Add(1)
					}
				}
			})
		}
		if all.Wait(); gone.Load() != 0 {
			t.Errorf("%d of %d callers were taken for gone", gone.Load(), callers*requests)
		}
	})
}
