package boot

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
	"google.golang.org/grpc/resolver/dns"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/rpc"
)

const (
	defaultPort       = "9000"
	readHeaderTimeout = 10 * time.Second
)

// tcp connects services of different processes with mutual TLS: a certificate's DNS name is the service's.
type tcp struct {
	listen string
	peers  map[string]string
	cert   tls.Certificate
	ca     *x509.CertPool
	log    *slog.Logger
}

func newTCP(c Config, log *slog.Logger) (*tcp, error) {
	cert, ca, err := keyring.Certificate(c.SecretsDir)
	if err != nil {
		return nil, err
	}
	return &tcp{listen: c.Listen, peers: c.Peers, cert: cert, ca: ca, log: log}, nil
}

func (n *tcp) serverTLS() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{n.cert}, ClientCAs: n.ca,
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}
}

func (n *tcp) clientTLS(server string) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{n.cert}, RootCAs: n.ca, ServerName: server, MinVersion: tls.VersionTLS13,
	}
}

func (n *tcp) listener(string) (listening, error) {
	return listening{
		credentials: credentials.NewTLS(n.serverTLS()),
		listen: func(ctx context.Context) (net.Listener, error) {
			return (&net.ListenConfig{}).Listen(ctx, "tcp", n.listen)
		},
	}, nil
}

func (n *tcp) dialler(_, to string) (dialling, error) {
	return dialling{
		target: "dns:///" + n.address(to), credentials: credentials.NewTLS(n.clientTLS(to)),
		options: []grpc.DialOption{grpc.WithConnectParams(reconnect())},
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

// shortenDNSCache has every attempt to reconnect look the address up again, since a restarted container may have a new
// one: gRPC's own minimum between two look-ups is half a minute. Call it before any connection is made.
func shortenDNSCache() { dns.SetMinResolutionInterval(100 * time.Millisecond) }

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
	server := &http.Server{
		Addr: addr, Handler: namedByCertificate(h), TLSConfig: n.serverTLS(), ReadHeaderTimeout: readHeaderTimeout,
	}
	return ServeListener(ctx, server, func() error { return server.ListenAndServeTLS("", "") })
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

func (n *tcp) httpTo(_, to string) (*url.URL, *http.Transport, error) {
	addr, err := portAbove(n.address(to))
	if err != nil {
		return nil, nil, err
	}
	return &url.URL{Scheme: "https", Host: addr}, &http.Transport{TLSClientConfig: n.clientTLS(to), ForceAttemptHTTP2: true}, nil
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
