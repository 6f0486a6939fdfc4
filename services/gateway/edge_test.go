package gateway_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/testkit"
)

// raw sends a request as it is written and gives what comes back.
func (s *site) raw(request string) answer {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return answer{resp, string(content)}
}

// from asks for a path that does not exist, with the header lines.
func (s *site) from(lines ...string) answer {
	s.t.Helper()
	return s.raw("GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + strings.Join(append(lines, "\r\n"), "\r\n"))
}

// Addresses are written in many ways; each device has one budget, and none another's.
func TestEveryFormOfAForwardedAddressIsOneDevices(t *testing.T) {
	limits := map[string]string{"PROPUSK_GATEWAY_PROXIES": "127.0.0.0/8,10.0.0.0/8", "PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "2"}
	throttled := func(t *testing.T, lines func(i int) string) int {
		t.Helper()
		s, n := startWith(t, limits), 0
		for i := range 5 {
			if s.from(lines(i)).StatusCode == http.StatusTooManyRequests {
				n++
			}
		}
		return n
	}
	for name, format := range map[string]string{
		"a port":                 "X-Forwarded-For: 203.0.113.%d:51000",
		"brackets and a port":    "X-Forwarded-For: [2001:db8:0:%d::1]:443",
		"brackets":               "X-Forwarded-For: [2001:db8:0:%d::1]",
		"behind a trusted proxy": "X-Forwarded-For: 203.0.113.%d:1, 10.0.0.1:51000",
		"Forwarded":              "Forwarded: for=203.0.113.%d;proto=https;by=10.0.0.1",
		"Forwarded in quotes":    `Forwarded: For="[2001:db8:0:%d::1]:4711"`,
		"Forwarded, two proxies": `Forwarded: for=203.0.113.%d, for="10.0.0.1:8080"`,
		"both, X-Forwarded-For":  "Forwarded: for=198.51.100.1\r\nX-Forwarded-For: 203.0.113.%d",
	} {
		t.Run(name, func(t *testing.T) {
			if n := throttled(t, func(i int) string { return fmt.Sprintf(format, i+1) }); n > 0 {
				t.Errorf("%d of five devices are refused for another", n)
			}
		})
	}
	for name, format := range map[string]string{
		"ports":                      "X-Forwarded-For: 203.0.113.7:5100%d",
		"brackets and ports":         "X-Forwarded-For: [2001:db8::1]:44%d",
		"mapped":                     "X-Forwarded-For: 203.0.113.%d, ::ffff:203.0.113.7",
		"what the caller wrote":      "X-Forwarded-For: 203.0.113.%d, 198.51.100.1:443",
		"Forwarded by the caller":    "Forwarded: for=203.0.113.%d, for=198.51.100.1",
		"Forwarded over the other":   "X-Forwarded-For: 198.51.100.1\r\nForwarded: for=203.0.113.%d",
		"obfuscated":                 `Forwarded: for=203.0.113.%d, for="_gazonk"`,
		"unknown":                    "Forwarded: for=203.0.113.%d, for=unknown",
		"a quote that does not end":  "Forwarded: for=\"203.0.113.%d\r\nForwarded: for=198.51.100.1",
		"a quote over the proxy's":   `Forwarded: for="203.0.113.%d, for=198.51.100.1`,
		"nothing that is an address": "X-Forwarded-For: 203.0.113.%d, nonsense",
	} {
		t.Run(name, func(t *testing.T) {
			if n := throttled(t, func(i int) string { return fmt.Sprintf(format, i+1) }); n != 3 {
				t.Errorf("%d of five requests of one device are refused, want three", n)
			}
		})
	}
}

// What no text has is the caller's mistake on every surface, and nobody's error.
func TestWhatIsNoTextIsRefusedAtTheEdge(t *testing.T) {
	s := startWith(t, nil, echoing("web"), echoing("oidc"), echoing("sandbox"))
	for _, path := range []string{
		"/v1/me%00", "/v1/registrations/%00", "/v1/nothing?x=%00", "/v1/nothing?%00=x", "/v1/nothing?x=%FF", "/v1/%FF",
		"/v1/nothing?x=%zz",
		"/sandbox/v1/messages?to=%00", "/sandbox/v1/%00",
		"/%00", "/help?x=%00", "/cabinet?x=%C3%28", "/interactions/%00", "/static/%00", "/phone?to=%00", "/demo?x=%00",
		"/oauth2/authorize?state=%00", "/oauth2/authorize?state=%FF", "/oauth2/token?x=%00", "/oauth2/logout?state=%00",
		"/.well-known/openid-configuration?x=%00", "/openapi.json?x=%00",
	} {
		a := s.call("GET", path, "", bearer()...)
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
		if strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/sandbox/") {
			a.problem(t, http.StatusBadRequest, "REQUEST_MALFORMED")
		}
	}
	for _, form := range []string{"code=%00", "x=%FF", "%00=x", "x=%zz"} {
		for _, parameter := range []string{"", "; x", "; charset=utf-8", "; charset=utf-8; x"} {
			a := s.call("POST", "/oauth2/token", form, "Content-Type", "application/x-www-form-urlencoded"+parameter)
			if a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s%s: %d %s", form, parameter, a.StatusCode, a.body)
			}
		}
	}
	s.call("POST", "/v1/sessions", `{"login":"\u0000","password":"x"}`).problem(t, http.StatusBadRequest, "VALIDATION_FAILED")
	if strings.Contains(s.Logs(), `"level":"ERROR"`) {
		t.Error("what a caller has written is logged as our error")
	}
}

// No page sends a multipart form, and what one holds is not looked at.
func TestMultipartFormsAreRefused(t *testing.T) {
	s := startWith(t, nil, echoing("web"), echoing("oidc"), echoing("sandbox"))
	body := "--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n\x00\r\n--b--\r\n"
	for _, path := range []string{"/oauth2/token", "/sign-in", "/phone/options", "/v1/sessions"} {
		for _, media := range []string{"multipart/form-data; boundary=b", "Multipart/Mixed; boundary=b; x"} {
			if a := s.call("POST", path, body, "Content-Type", media); a.StatusCode != http.StatusUnsupportedMediaType {
				t.Errorf("%s as %s: %d %s", path, media, a.StatusCode, a.body)
			}
		}
	}
}

// One page takes a form with a file, and one call of the API more than others; what is larger still is refused.
func TestUploads(t *testing.T) {
	s := startWith(t, nil, echoing("web"), echoing("oidc"), echoing("sandbox"))
	const page, media = "/cabinet/security/avatar", "multipart/form-data; boundary=b"
	file := strings.Repeat("x", 4<<20)
	if a := s.call("POST", page, file, "Content-Type", media); a.StatusCode != http.StatusOK || !strings.HasSuffix(a.body, file) {
		t.Errorf("%d, %d bytes have come", a.StatusCode, len(a.body))
	}
	for name, a := range map[string]answer{
		"another kind": s.call("POST", page, file, "Content-Type", "multipart/mixed; boundary=b"),
		"another page": s.call("POST", page+"/image", file, "Content-Type", media),
	} {
		if a.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	if a := s.call("POST", page, strings.Repeat(file, 3), "Content-Type", media); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("12 MiB: %d", a.StatusCode)
	}
	put := func(size int) answer {
		return s.call("PUT", "/v1/me/avatar", `{"picture":"`+strings.Repeat("x", size)+`"}`, bearer()...)
	}
	put(5<<19).problem(t, http.StatusBadRequest, "VALIDATION_FAILED") // it was read to its end: there is no such member
	put(4<<20).problem(t, http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE")
}

// A form goes on as it came.
func TestFormsReachTheirService(t *testing.T) {
	s := startWith(t, nil, echoing("web"), echoing("oidc"), echoing("sandbox"))
	a := s.call("POST", "/oauth2/token", "code=a%20b&x=%D1%91", "Content-Type", "application/x-www-form-urlencoded")
	if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "body code=a%20b&x=%D1%91") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	a = s.call("POST", "/oauth2/token", strings.Repeat("x", 2<<20), "Content-Type", "application/x-www-form-urlencoded")
	if a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d %s", a.StatusCode, a.body)
	}
}

// echoing is a service that answers everything by HTTP with what it was sent.
func echoing(name string) boot.Service {
	serve := func(ctx context.Context, p *boot.Platform) error { return p.Serve(ctx) }
	return answering(boot.Service{Name: name, Run: serve}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s body %s", name, r.URL, content)
	}))
}

// Proxies that compress make tags weak; one's own is still known. What is no list of tags is no condition at all.
func TestIfMatch(t *testing.T) {
	s := start(t)
	for header, want := range map[string]string{
		`"7"`: `"7"`, `W/"7"`: `"7"`, `"6", W/"7"`: `"6", "7"`, ` "6" ,"7"`: `"6", "7"`, `*`: `*`, `"a,b"`: `"a,b"`, `""`: `""`,
	} {
		a := s.call("PATCH", "/v1/me/person", `{"lastName":"Иванова"}`, append(bearer(), "If-Match", header)...)
		if a.StatusCode != http.StatusOK || s.back.person.GetIfMatch() != want {
			t.Errorf("%s: %d, profile was asked for %s", header, a.StatusCode, s.back.person.GetIfMatch())
		}
	}
	s.back.person = nil
	for _, header := range []string{
		`"stale",`, `,"7"`, `"6",,"7"`, `7`, `"7`, `7"`, `w/"7"`, `W/7`, `W/`, `"6" "7"`, `*, "7"`, `"7", *`, `**`, ``, `,`, `"a b"`,
		`"a""`, "\"\xff\"", `"a\"b"`,
	} {
		h := append(bearer(), "If-Match", header)
		s.call("PATCH", "/v1/me/person", `{"lastName":"Иванова"}`, h...).problem(t, http.StatusBadRequest, "IF_MATCH_MALFORMED")
	}
	if s.back.person != nil {
		t.Error("profile was asked")
	}
	if a := s.call("GET", "/v1/me/addresses", "", append(bearer(), "If-Match", `7`)...); a.StatusCode != http.StatusOK {
		t.Errorf("what has no versions: %d", a.StatusCode)
	}
}

// A page of another site may have its name lead here (DNS rebinding).
func TestASandboxIsKnownByItsOwnNamesOnly(t *testing.T) {
	s := startWith(t, map[string]string{
		"PUBLIC_URL": "http://box.lan:8080", "PROPUSK_SANDBOX_HOST": "box.lan", "INTERNAL_URL": "http://gateway:8080",
	}, echoing("web"), echoing("oidc"), echoing("sandbox"))
	ask := func(host, path string) answer {
		return s.raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
	}
	for _, host := range []string{
		"box.lan", "BOX.lan:8080", "box.lan.", "gateway:8080", "localhost", "localhost:9999", "phone.localhost", "127.0.0.1:80",
		"[::1]:8080", "192.0.2.1", "[2001:db8::1]", "",
	} {
		if a := ask(host, "/sandbox/v1/messages"); a.StatusCode != http.StatusOK {
			t.Errorf("%q: %d %s", host, a.StatusCode, a.body)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:8080", "box.lan.evil.example", "localhost.evil.example", "account", "1.evil.example"} {
		ask(host, "/sandbox/v1/messages").problem(t, http.StatusMisdirectedRequest, "HOST_NOT_SERVED")
		for _, path := range []string{"/phone", "/", "/static/propusk.css", "/oauth2/token", "/openapi.json"} {
			if a := ask(host, path); a.StatusCode != http.StatusMisdirectedRequest || strings.Contains(a.body, "sandbox /phone") {
				t.Errorf("%s%s: %d %s", host, path, a.StatusCode, a.body)
			}
		}
	}
}

// Static files are counted like the rest, in a budget of their own.
func TestStaticFilesAreCounted(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "2"}, echoing("web"), echoing("oidc"), echoing("sandbox"))
	statuses := map[int]int{}
	for range 60 {
		statuses[s.call("GET", "/static/fonts/golos-text-latin.woff2", "").StatusCode]++
	}
	if statuses[http.StatusOK] < 40 || statuses[http.StatusTooManyRequests] < 15 {
		t.Errorf("answered %v, want files of two pages, twenty each", statuses)
	}
	if a := s.call("GET", "/v1/nothing", ""); a.StatusCode != http.StatusNotFound {
		t.Errorf("files have used up the budget of the rest: %d", a.StatusCode)
	}
}

// Whoever asks for much and takes nothing of it is soon disconnected.
func TestAnAnswerThatNobodyReadsIsGivenUp(t *testing.T) {
	big := fakeWeb(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<16)
		for range 1 << 10 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_WRITE_TIMEOUT": "2s"}, big, echoing("oidc"), echoing("sandbox"))
	const sockets = 20
	var conns []net.Conn
	for range sockets {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, "GET /static/font HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	for _, conn := range conns {
		testkit.Eventually(t, "the server to disconnect", func() bool {
			_, err := io.WriteString(conn, "x")
			return err != nil
		})
	}
	// What reads is waited for.
	if a := s.call("GET", "/static/font", ""); len(a.body) != 1<<26 {
		t.Errorf("%d bytes came", len(a.body))
	}
}

// No address takes every connection.
func TestConnectionsOfOneAddressAreBounded(t *testing.T) {
	s := startWith(t, map[string]string{"PROPUSK_GATEWAY_CONNECTIONS_PER_ADDRESS": "3"})
	open := 0
	var conns []net.Conn
	for range 6 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		_, _ = io.WriteString(conn, "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if resp, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
			_ = resp.Body.Close()
			open++
		}
	}
	if open != 3 {
		t.Errorf("%d connections of six are served, want three", open)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	testkit.Eventually(t, "room for new connections", func() bool {
		resp, err := http.Get(s.url + "/v1/nothing")
		if err == nil {
			_ = resp.Body.Close()
		}
		return err == nil
	})
}
