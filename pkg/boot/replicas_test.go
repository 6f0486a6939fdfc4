package boot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpchealth "google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	shareWithin = 10 * time.Second
	callers     = 4
	// window is how long calls are counted for shares.
	window = 200 * time.Millisecond
)

// TestReplicasGetTheirShare has two replicas under load, adds a third and stops the first, each way of calling.
func TestReplicasGetTheirShare(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]way{"gRPC": overGRPC{}, "HTTP": overHTTP{method: http.MethodPost}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReplicas(t, way)
			stop := r.start(t, "127.0.0.2")
			r.start(t, "127.0.0.3")
			failures := r.load(t)
			r.awaitShares(t, "127.0.0.2", "127.0.0.3")
			r.start(t, "127.0.0.4")
			r.awaitShares(t, "127.0.0.2", "127.0.0.3", "127.0.0.4")
			stop()
			r.awaitShares(t, "127.0.0.3", "127.0.0.4")
			r.forget("127.0.0.2")
			r.awaitShares(t, "127.0.0.3", "127.0.0.4")
			if err := failures(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAnotherVersionsReplicaIsAsked has a replica that does not know what is called yet, each way of calling.
func TestAnotherVersionsReplicaIsAsked(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]way{"gRPC": overGRPC{}, "HTTP": overHTTP{method: http.MethodGet}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReplicas(t, way)
			r.startOlder(t, "127.0.0.2")
			call := way.caller(t, r.as(t, "gateway"))
			if err := call(); err == nil {
				t.Error("a call that no replica knows is answered")
			}
			r.start(t, "127.0.0.3")
			deadline := time.Now().Add(shareWithin)
			for call() != nil { // it is not known yet
				if time.Now().After(deadline) {
					t.Fatal("the replica that knows the call is never asked")
				}
			}
			r.takeCounts()
			for range 100 {
				if err := call(); err != nil {
					t.Fatal(err)
				}
			}
			if asked := r.takeCounts(); asked["127.0.0.2"] == 0 {
				t.Errorf("the older replica is not asked: %v", asked)
			}
		})
	}
}

// TestNobodyKnowsMore has one replica that does not have a page, and one that is gone: the answer is that of the first. A form is
// sent to no other replica.
func TestNobodyKnowsMore(t *testing.T) {
	t.Parallel()
	for method, sent := range map[string]int{http.MethodGet: 4, http.MethodPost: 4} {
		way := overHTTP{method: method}
		r := newReplicas(t, way)
		r.startOlder(t, "127.0.0.2")
		r.known = append(r.known, "127.0.0.9")
		call := way.caller(t, r.as(t, "gateway"))
		for range sent {
			if err := call(); err == nil || !strings.Contains(err.Error(), "404") {
				t.Errorf("%s: %v, want 404", method, err)
			}
		}
		if served := r.takeCounts()["127.0.0.2"]; served != sent {
			t.Errorf("%s: %d requests were sent %d times", method, sent, served)
		}
	}
}

// way is how calls reach a service. A replica counts each call, and then says whether it knows what is called.
type way interface {
	serve(ctx context.Context, n *tcp, l net.Listener, count func() (known bool)) error
	caller(t *testing.T, n *tcp) func() error
}

type overGRPC struct{}

func (overGRPC) serve(ctx context.Context, n *tcp, l net.Listener, count func() bool) error {
	listen, err := n.listener("otp")
	if err != nil {
		return err
	}
	listen.listen = func(context.Context) (net.Listener, error) { return l, nil }
	server := grpc.NewServer(grpc.Creds(listen.credentials), grpc.UnaryInterceptor(func(
		ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
	) (any, error) {
		if !count() {
			return nil, status.Error(codes.Unimplemented, "unknown method")
		}
		return handle(ctx, req)
	}))
	healthv1.RegisterHealthServer(server, grpchealth.NewServer())
	return serveGRPC(ctx, server, listen)
}

func (overGRPC) caller(t *testing.T, n *tcp) func() error {
	t.Helper()
	d, err := n.dialler("gateway", "otp")
	if err != nil {
		t.Fatal(err)
	}
	cc, err := rpc.NewClient(d.target, d.credentials, d.options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cc.Close() })
	client := healthv1.NewHealthClient(cc)
	return func() error {
		_, err := client.Check(context.Background(), &healthv1.HealthCheckRequest{})
		return err
	}
}

// overHTTP sends a form, or with a method for reading nothing.
type overHTTP struct{ method string }

func (overHTTP) serve(ctx context.Context, n *tcp, l net.Listener, count func() bool) error {
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if !count() {
				http.Error(w, "no such page", http.StatusNotFound)
			}
		}),
		TLSConfig: n.identity.ServerTLS(), ReadHeaderTimeout: time.Second,
	}
	return ServeListener(ctx, server, func() error { return server.ServeTLS(l, "", "") })
}

func (o overHTTP) caller(t *testing.T, n *tcp) func() error {
	t.Helper()
	transport := newBalancer(n.lookup, n.address("otp"), &http.Transport{
		DialTLSContext: dialTLS(n.identity.ClientTLS("otp")), ForceAttemptHTTP2: true,
	})
	return func() error {
		req, err := http.NewRequestWithContext(
			context.Background(), o.method, "https://otp/", strings.NewReader("a form"))
		if err != nil {
			return err
		}
		req.GetBody = nil // as of a request that is forwarded
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
			err = fmt.Errorf("%s %s", resp.Proto, resp.Status)
		}
		return errors.Join(err, resp.Body.Close())
	}
}

// replicas are a service on several loopback addresses, and the name server that knows them.
type replicas struct {
	way        way
	root, port string

	mu     sync.Mutex
	known  []string
	served map[string]int
}

func newReplicas(t *testing.T, way way) *replicas {
	t.Helper()
	r := &replicas{way: way, root: t.TempDir(), served: map[string]int{}}
	if err := keyring.Prepare(r.root, []string{"gateway", "otp"}, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if _, r.port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	return r
}

// as is the network as a service sees it.
func (r *replicas) as(t *testing.T, service string) *tcp {
	t.Helper()
	n, err := newTCP(Config{
		SecretsDir: filepath.Join(r.root, service), Peers: map[string]string{"otp": "otp:" + r.port},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	n.lookup = func(context.Context, string) ([]string, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.Clone(r.known), nil
	}
	return n
}

// start runs a replica, and says how to stop it.
func (r *replicas) start(t *testing.T, ip string) (stop func()) {
	t.Helper()
	return r.run(t, ip, true)
}

// startOlder runs a replica of a version that does not know what is called.
func (r *replicas) startOlder(t *testing.T, ip string) {
	t.Helper()
	r.run(t, ip, false)
}

func (r *replicas) run(t *testing.T, ip string, knows bool) (stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(ip, r.port))
	if err != nil {
		t.Fatal(err)
	}
	n := r.as(t, "otp")
	ctx, cancel := context.WithCancel(context.Background())
	var running errgroup.Group
	running.Go(func() error { return r.way.serve(ctx, n, l, func() bool { r.count(ip); return knows }) })
	r.mu.Lock()
	r.known = append(r.known, ip)
	r.mu.Unlock()
	stop = func() {
		cancel()
		if err := running.Wait(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return stop
}

func (r *replicas) count(ip string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.served[ip]++
}

// forget has the name server no longer know a replica.
func (r *replicas) forget(ip string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = slices.DeleteFunc(slices.Clone(r.known), func(k string) bool { return k == ip })
}

// load calls without a pause; failures ends it and says how many calls failed, and how the first did.
func (r *replicas) load(t *testing.T) (failures func() error) {
	t.Helper()
	call := r.way.caller(t, r.as(t, "gateway"))
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	var calling errgroup.Group
	for range callers {
		calling.Go(func() error {
			var failed []error
			for ctx.Err() == nil {
				if err := call(); err != nil {
					failed = append(failed, err)
				}
			}
			if len(failed) > 0 {
				return fmt.Errorf("%d calls failed: %w", len(failed), failed[0])
			}
			return nil
		})
	}
	return func() error { cancel(); return calling.Wait() }
}

// awaitShares waits until these replicas and no others serve, each at least half of what would be even.
func (r *replicas) awaitShares(t *testing.T, ips ...string) {
	t.Helper()
	tick := time.NewTicker(window)
	defer tick.Stop()
	deadline := time.Now().Add(shareWithin)
	r.takeCounts()
	for time.Now().Before(deadline) {
		<-tick.C
		if even(r.takeCounts(), ips) {
			return
		}
	}
	t.Fatalf("after %v %v do not share the calls: %v", shareWithin, ips, r.takeCounts())
}

func even(served map[string]int, ips []string) bool {
	total := 0
	for _, n := range served {
		total += n
	}
	for _, ip := range ips {
		if 2*served[ip]*len(ips) < total {
			return false
		}
	}
	return total > 0 && len(served) == len(ips)
}

func (r *replicas) takeCounts() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts := maps.Clone(r.served)
	clear(r.served)
	return counts
}
