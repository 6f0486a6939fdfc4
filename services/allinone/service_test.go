package allinone

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/testkit"
)

const patience = 30 * time.Second

func TestServesEverythingAndKeepsItsData(t *testing.T) {
	vars := testVars(t)
	first := start(t, vars)
	page := first.page(t)
	for _, want := range []string{"Virtual phone", "Demo partner", vars["PROPUSK_DATA_DIR"], vars["PUBLIC_URL"] + "/phone"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q:\n%s", want, page)
		}
	}
	for _, path := range []string{"/", "/openapi.json", "/docs", "/phone", "/demo"} {
		if code := get(t, vars["PUBLIC_URL"]+path); code != http.StatusOK {
			t.Errorf("GET %s answers %d", path, code)
		}
	}
	if code := get(t, "http://"+vars["PROPUSK_MANAGEMENT_LISTEN"]+"/readyz"); code != http.StatusOK {
		t.Errorf("/readyz answers %d", code)
	}
	first.stop(t)
	keys := digest(t, filepath.Join(vars["PROPUSK_DATA_DIR"], "secrets"))

	second := start(t, vars)
	second.page(t)
	second.stop(t)
	if digest(t, filepath.Join(vars["PROPUSK_DATA_DIR"], "secrets")) != keys {
		t.Error("the second run replaced secrets of the first")
	}
	for _, name := range []string{logFile, lastLogFile} {
		info, err := os.Stat(filepath.Join(vars["PROPUSK_DATA_DIR"], name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("log %s: %v, %v", name, info, err)
		}
	}
}

func TestATakenPortIsToldWithItsVariable(t *testing.T) {
	for _, name := range []string{"PROPUSK_GATEWAY_LISTEN", "PROPUSK_MANAGEMENT_LISTEN"} {
		t.Run(name, func(t *testing.T) {
			vars := testVars(t)
			l, err := net.Listen("tcp", vars[name])
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			wantRefusal(t, vars, "is taken", name+"=")
		})
	}
}

func TestOneRunAtATime(t *testing.T) {
	vars := testVars(t)
	first := start(t, vars)
	first.page(t)
	wantRefusal(t, vars, "already running")
	first.stop(t)
}

func TestConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ variable, value, want string }{
		"a typo":           {"PROPUSK_OTP_CODE_LIVE", "5m", "unknown variables: PROPUSK_OTP_CODE_LIVE"},
		"out of range":     {"PROPUSK_OTP_FAILURES_TO_LOCK", "0", "PROPUSK_OTP_FAILURES_TO_LOCK is 0: choose 1 to 1000"},
		"a duration":       {"PROPUSK_OIDC_KEY_LIFE", "1s", "PROPUSK_OIDC_KEY_LIFE is 1s: choose 0 or 1h to 43800h"},
		"a shared setting": {"PROPUSK_POOL_SIZE", "0", "PROPUSK_POOL_SIZE is 0: choose 2 to 1000"},
		"no port":          {"PROPUSK_GATEWAY_LISTEN", "localhost", "write it like"},
		"log target":       {"PROPUSK_LOG", "syslog", "set it to file or stderr"},
		"log level":        {"PROPUSK_LOG_LEVEL", "loud", "PROPUSK_LOG_LEVEL"},
		"environment":      {"PROPUSK_ENV", "test", "set it to sandbox or production"},
		"an open sandbox":  {"PROPUSK_GATEWAY_LISTEN", ":8080", "PROPUSK_GATEWAY_LISTEN=:8080 lets other machines in"},
		"an open port":     {"PROPUSK_MANAGEMENT_LISTEN", "0.0.0.0:9090", "PROPUSK_SANDBOX_HOST"},
		"a public sandbox": {"PUBLIC_URL", "http://id.example.ru", "PROPUSK_SANDBOX_HOST"},
	} {
		t.Run(name, func(t *testing.T) {
			vars := testVars(t)
			vars[c.variable] = c.value
			wantRefusal(t, vars, c.want)
		})
	}
}

func TestASandboxIsForThisMachineAndHasRoomForAllItsPeople(t *testing.T) {
	s, err := load(env.Vars{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"PROPUSK_ENV": "sandbox", "PROPUSK_GATEWAY_LISTEN": "127.0.0.1:8080", "PUBLIC_URL": "http://localhost:8080",
		"PROPUSK_OTP_SENDS_PER_ADDRESS": "1000000", "PROPUSK_MANAGEMENT_LISTEN": "127.0.0.1:9090",
	} {
		if s.vars[name] != want {
			t.Errorf("%s is %q, want %q", name, s.vars[name], want)
		}
	}
}

func TestWhatIsSetStays(t *testing.T) {
	s, err := load(env.Vars{"PROPUSK_GATEWAY_LISTEN": "127.0.0.1:8181", "PROPUSK_OTP_SENDS_PER_ADDRESS": "7"})
	if err != nil {
		t.Fatal(err)
	}
	if s.shared.PublicURL != "http://localhost:8181" || s.vars["PROPUSK_OTP_SENDS_PER_ADDRESS"] != "7" {
		t.Errorf("PUBLIC_URL is %s, the limit %s", s.shared.PublicURL, s.vars["PROPUSK_OTP_SENDS_PER_ADDRESS"])
	}
}

func TestASandboxListensBeyondThisMachineOnlyUnderItsName(t *testing.T) {
	vars := env.Vars{"PROPUSK_GATEWAY_LISTEN": "0.0.0.0:8080", "PUBLIC_URL": "http://box.lan:8080", "PROPUSK_SANDBOX_HOST": "box.lan"}
	if _, err := load(vars); err != nil {
		t.Error(err)
	}
	if _, err := load(env.Vars{"PROPUSK_ENV": "production", "PROPUSK_GATEWAY_LISTEN": ":8080", "PUBLIC_URL": "https://id.example.ru"}); err != nil {
		t.Error(err)
	}
}

// In containers only the public port is published, on loopback.
func TestContainersPublishOneLoopbackPort(t *testing.T) {
	compose, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var ports []string
	for line := range strings.Lines(string(compose)) {
		if strings.Contains(line, "ports:") || strings.Contains(line, "network_mode: host") {
			ports = append(ports, strings.TrimSpace(line))
		}
	}
	if len(ports) != 1 || ports[0] != `ports: ["${PROPUSK_PUBLISH:-127.0.0.1:8080}:8080"]` {
		t.Errorf("published are %v", ports)
	}
}

func TestProductionSimulatesNothing(t *testing.T) {
	s, err := load(env.Vars{"PROPUSK_ENV": "production", "PUBLIC_URL": "https://id.example.ru"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names(s.services) {
		if name == "sandbox" || name == "registry" {
			t.Errorf("%s runs in production", name)
		}
	}
	for _, service := range Services() {
		simulates := slices.Contains([]string{"confirmation", "notification", "registry", "sandbox"}, service.Name)
		if (service.SandboxOnly != "") != simulates {
			t.Errorf("%s runs in production, or does not", service.Name)
		}
	}
	if limit, set := s.vars["PROPUSK_OTP_SENDS_PER_ADDRESS"]; set {
		t.Errorf("the limit per address was raised to %s", limit)
	}
	if s.gateway != ":8080" {
		t.Errorf("the gateway listens on %s", s.gateway)
	}
}

// process is a run in this process.
type process struct {
	cancel context.CancelFunc
	done   chan error
	stdout *output
	stderr *output
}

func start(t *testing.T, vars env.Vars) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := &process{cancel: cancel, done: make(chan error, 1), stdout: newOutput(), stderr: newOutput()}
	go func() { p.done <- Run(ctx, clone(vars), p.stdout, p.stderr) }()
	return p
}

// page waits for the page that says where everything is.
func (p *process) page(t *testing.T) string {
	t.Helper()
	select {
	case <-p.stdout.written:
		return p.stdout.String()
	case err := <-p.done:
		t.Fatalf("ended before it was ready: %v\n%s", err, p.stderr)
	case <-time.After(patience):
		t.Fatalf("not ready after %v\n%s", patience, p.stderr)
	}
	return ""
}

// stop is Ctrl-C.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.cancel()
	select {
	case err := <-p.done:
		if err != nil {
			t.Errorf("stopped with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it does not stop")
	}
	if !strings.HasSuffix(p.stderr.String(), "Stopped.\n") {
		t.Errorf("the terminal shows\n%s", p.stderr)
	}
}

func wantRefusal(t *testing.T, vars env.Vars, words ...string) {
	t.Helper()
	err := Run(t.Context(), clone(vars), io.Discard, io.Discard)
	if err == nil {
		t.Fatal("it ran")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the refusal does not say %q: %v", w, err)
		}
	}
}

// testVars are an installation's of its own.
func testVars(t *testing.T) env.Vars {
	t.Helper()
	gateway := freeAddress(t)
	address, installation := testkit.EmptyDatabase(t)
	return env.Vars{
		"PROPUSK_DATA_DIR": t.TempDir(), "DATABASE_URL": address, "PROPUSK_INSTALLATION": installation,
		"PROPUSK_POOL_SIZE":      "4",
		"PROPUSK_GATEWAY_LISTEN": gateway, "PUBLIC_URL": "http://" + gateway,
		"PROPUSK_MANAGEMENT_LISTEN": freeAddress(t),
	}
}

func clone(vars env.Vars) env.Vars {
	out := env.Vars{}
	for k, v := range vars {
		out[k] = v
	}
	return out
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func get(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// output is a terminal; written is closed by the first thing that appears.
type output struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	once    sync.Once
	written chan struct{}
}

func newOutput() *output { return &output{written: make(chan struct{})} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.once.Do(func() { close(o.written) })
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func TestAStoreThatIsGoneForGoodEndsTheProcess(t *testing.T) {
	failed := make(chan error, 1)
	ctx, stop := (&stores{failed: failed}).whileUp(t.Context())
	defer stop(nil)
	failed <- io.ErrUnexpectedEOF
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), io.ErrUnexpectedEOF) {
		t.Errorf("ended by %v", context.Cause(ctx))
	}
}
