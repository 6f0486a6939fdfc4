package boot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	checkTimeout = 2 * time.Second
	// warningTimeout is short: a warning must not make the answer late.
	warningTimeout = 200 * time.Millisecond
)

// health is what the process knows of its readiness.
type health struct {
	mu       sync.Mutex
	checks   map[string]func(context.Context) error
	expected []string
	ready    map[string]bool
	// stopping is closed once the process is told to stop.
	stopping chan struct{}
	stop     func()
	// warnings say what an operator should know although the process can work.
	warnings []func() []string
}

func newHealth(services ...string) *health {
	stopping := make(chan struct{})
	return &health{
		checks: map[string]func(context.Context) error{}, ready: map[string]bool{}, expected: services,
		stopping: stopping, stop: sync.OnceFunc(func() { close(stopping) }),
	}
}

func (h *health) add(name string, check func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks[name] = check
}

func (h *health) serving(service string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ready[service] = true
}

var errStopping = errors.New("it is stopping")

// warn adds a source of warnings.
func (h *health) warn(warnings func() []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.warnings = append(h.warnings, warnings)
}

// allWarnings are those of all services, each once.
func (h *health) allWarnings() []string {
	h.mu.Lock()
	sources := slices.Clone(h.warnings)
	h.mu.Unlock()
	var out []string
	for _, warnings := range sources {
		out = append(out, warnings()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// problem names the first thing that is not ready.
func (h *health) problem(ctx context.Context) error {
	select {
	case <-h.stopping:
		return errStopping
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	h.mu.Lock()
	waiting := slices.IndexFunc(h.expected, func(s string) bool { return !h.ready[s] })
	checks := make(map[string]func(context.Context) error, len(h.checks))
	for name, check := range h.checks {
		checks[name] = check
	}
	h.mu.Unlock()
	if waiting >= 0 {
		return fmt.Errorf("%s is starting", h.expected[waiting])
	}
	for name, check := range checks {
		if check(ctx) != nil {
			return fmt.Errorf("%s cannot be reached", name)
		}
	}
	return nil
}

// management serves /healthz (the process lives), /readyz (it can work) and /metrics; and profiles, if it is told to.
func management(h *health, metrics *prometheus.Registry, profiles bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := h.problem(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
		for _, warning := range h.allWarnings() {
			fmt.Fprintln(w, "warning: "+warning)
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	if profiles {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// Connections of probes and of Prometheus.
const (
	managementConnections           = 256
	managementConnectionsPerAddress = 32
)

func serveManagement(ctx context.Context, addr string, hosts Hosts, h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("management port: %w: set PROPUSK_MANAGEMENT_LISTEN to a free address", err)
	}
	server := NewHTTPServer(guarded(hosts, h), StallTimeout)
	l = Connections{InAll: managementConnections, PerAddress: managementConnectionsPerAddress}.Bound(l)
	return ServeListener(ctx, server, func() error { return server.Serve(l) })
}

// withService puts a service's name on every metric it registers: services of one process share the registry.
func withService(r prometheus.Registerer, service string) prometheus.Registerer {
	return prometheus.WrapRegistererWith(prometheus.Labels{"service": service}, r)
}
