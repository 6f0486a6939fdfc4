package boot

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/rpc"
)

const defaultPort = "9000"

// Connections of the other services' processes, which send many requests over each.
const (
	internalConnections           = 4096
	internalConnectionsPerAddress = 1024
)

// tcp connects services of different processes with mutual TLS: a certificate's DNS name is the service's.
type tcp struct {
	listen   string
	peers    map[string]string
	identity *keyring.Identity
	lookup   lookupFunc
	log      *slog.Logger
}

func newTCP(c Config, log *slog.Logger) (*tcp, error) {
	identity, err := keyring.OpenIdentity(c.SecretsDir)
	if err != nil {
		return nil, err
	}
	return &tcp{
		listen: c.Listen, peers: c.Peers, identity: identity, lookup: net.DefaultResolver.LookupHost, log: log,
	}, nil
}

func (n *tcp) listener(string) (listening, error) {
	return listening{
		credentials: credentials.NewTLS(n.identity.ServerTLS()),
		listen: func(ctx context.Context) (net.Listener, error) {
			return (&net.ListenConfig{}).Listen(ctx, "tcp", n.listen)
		},
	}, nil
}

func (n *tcp) dialler(_, to string) (dialling, error) {
	return dialling{
		target: pollTarget(n.address(to)), credentials: credentials.NewTLS(n.identity.ClientTLS(to)),
		options: []grpc.DialOption{grpc.WithResolvers(pollBuilder{n.lookup}), grpc.WithConnectParams(reconnect())},
	}, nil
}

// reconnect tries again soon: after a restart a service is back in seconds, and gRPC's own waits grow to two minutes.
func reconnect() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff: backoff.Config{
			BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second,
		},
		MinConnectTimeout: 5 * time.Second,
	}
}

func (n *tcp) address(service string) string {
	if a, ok := n.peers[service]; ok {
		return a
	}
	return net.JoinHostPort(service, defaultPort)
}

func (n *tcp) serveHTTP(ctx context.Context, _ string, h http.Handler) error {
	addr, err := portAbove(n.listen)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := NewHTTPServer(namedByCertificate(h), StallTimeout)
	server.TLSConfig = n.identity.ServerTLS()
	l = Connections{InAll: internalConnections, PerAddress: internalConnectionsPerAddress}.Bound(l)
	return ServeListener(ctx, server, func() error { return server.ServeTLS(l, "", "") })
}

// namedByCertificate puts the caller's name into the context.
func namedByCertificate(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			r = r.WithContext(rpc.WithCaller(r.Context(), rpc.PeerName(credentials.TLSInfo{State: *r.TLS})))
		}
		h.ServeHTTP(w, r)
	})
}

func (n *tcp) httpTo(_, to string, transport *http.Transport) (*url.URL, http.RoundTripper, error) {
	addr, err := portAbove(n.address(to))
	if err != nil {
		return nil, nil, err
	}
	transport.DialTLSContext, transport.ForceAttemptHTTP2 = dialTLS(n.identity.ClientTLS(to)), true
	return &url.URL{Scheme: "https", Host: addr}, newBalancer(n.lookup, addr, transport), nil
}

func portAbove(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", fmt.Errorf("port of %s is not a number", addr)
	}
	return net.JoinHostPort(host, strconv.Itoa(n+1)), nil
}
