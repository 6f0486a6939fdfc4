package boot

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// serveHTTP serves until the test ends.
func serveHTTP(t *testing.T, server *http.Server, limits Connections) (addr string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(limits.Bound(l)) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

func request(t *testing.T, addr, path string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return conn
}

// Events last for as long as their reader reads them, whatever the times of other answers.
func TestEventsOutliveTheTimesOfAnswers(t *testing.T) {
	next := make(chan struct{})
	server := NewHTTPServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	}), 100*time.Millisecond)
	server.ReadTimeout, server.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	lines := bufio.NewScanner(request(t, serveHTTP(t, server, Connections{InAll: 9, PerAddress: 9}), "/"))
	for i := range 3 {
		awaitLine(t, lines, fmt.Sprintf("data: %d", i))
		time.Sleep(300 * time.Millisecond) // longer than every time of the server
		next <- struct{}{}
	}
}

func awaitLine(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	for lines.Scan() {
		if lines.Text() == want {
			return
		}
	}
	t.Fatalf("%q did not come: %v", want, lines.Err())
}

// Only what is one is a stream, whatever its reader would like.
func TestAnAnswerIsGivenUpWhenNobodyReadsIt(t *testing.T) {
	failed := make(chan error, 1)
	server := NewHTTPServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for err == nil {
			_, err = w.Write(make([]byte, 1<<16))
		}
		failed <- err
	}), 100*time.Millisecond)
	request(t, serveHTTP(t, server, Connections{InAll: 9, PerAddress: 9}), "/ HTTP/1.1\r\nAccept: text/event-stream\r\nX-Rest:")
	select {
	case <-failed:
	case <-time.After(10 * time.Second):
		t.Fatal("it waits on")
	}
}

func TestOneAddressCannotTakeEveryConnection(t *testing.T) {
	served := func(limits Connections) int {
		addr := serveHTTP(t, NewHTTPServer(http.NotFoundHandler(), time.Second), limits)
		n := 0
		for range 4 {
			if resp, err := http.ReadResponse(bufio.NewReader(request(t, addr, "/")), nil); err == nil {
				_ = resp.Body.Close()
				n++
			}
		}
		return n
	}
	if n := served(Connections{InAll: 9, PerAddress: 2}); n != 2 {
		t.Errorf("%d connections of one address, want 2", n)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if n := served(Connections{InAll: 9, PerAddress: 2, Proxies: proxies}); n != 4 {
		t.Errorf("%d connections of a proxy, want 4", n)
	}
}

func TestEveryServerHasAllItsTimes(t *testing.T) {
	s := NewHTTPServer(http.NotFoundHandler(), time.Second)
	for name, d := range map[string]time.Duration{
		"header": s.ReadHeaderTimeout, "read": s.ReadTimeout, "write": s.WriteTimeout, "idle": s.IdleTimeout,
	} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("the time for %s is %s", name, d)
		}
	}
	if s.IdleTimeout <= idleCallTimeout {
		t.Error("a server may close a connection just as a caller takes it up again")
	}
}

func TestTheManagementPortIsForThoseWhoKnowItsName(t *testing.T) {
	c := Config{PublicURL: "https://id.example.ru", InternalURL: "http://gateway:8080"}
	h := guarded(c.Hosts("account"), management(newHealth(), prometheus.NewRegistry(), true))
	ask := func(host, target string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest(http.MethodGet, target, nil), httptest.NewRecorder()
		r.Host = host
		h.ServeHTTP(w, r)
		return w
	}
	for _, host := range []string{
		"account:9090", "account", "ID.example.ru", "id.example.ru.:9090", "gateway", "localhost:9090", "127.0.0.1:9090", "10.0.0.5:9090",
		"[::1]:9090", "[2001:db8::1]", "",
	} {
		if w := ask(host, "/healthz"); w.Code != http.StatusOK {
			t.Errorf("%q: %d", host, w.Code)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:9090", "account.evil.example", "otp:9090", "id.example.ru.evil.example"} {
		for _, path := range []string{"/metrics", "/healthz", "/readyz", "/debug/pprof/heap"} {
			w := ask(host, path)
			if w.Code != http.StatusMisdirectedRequest || !strings.Contains(w.Body.String(), "HOST_NOT_SERVED") {
				t.Errorf("%s%s: %d %s", host, path, w.Code, w.Body)
			}
		}
	}
	for _, target := range []string{"/healthz?x=%00", "/%00", "/healthz?%FF", "/metrics?x=%zz"} {
		if w := ask("localhost", target); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "REQUEST_MALFORMED") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// serveManagement is what stands at the port.
func TestTheManagementPortIsGuarded(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- serveManagement(ctx, addr, Hosts{"otp"}, management(newHealth(), prometheus.NewRegistry(), false))
	}()
	for deadline := time.Now().Add(10 * time.Second); ; {
		resp, err := askAs(t, "evil.example", "http://"+addr+"/metrics")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("answered %d", resp.StatusCode)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func askAs(t *testing.T, host, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	return http.DefaultClient.Do(r)
}
