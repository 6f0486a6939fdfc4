package boot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/test/bufconn"

	"github.com/propusk-id/propusk/pkg/rpc"
)

const pipeBuffer = 1 << 20

// listening and dialling are the two ends of the way between services.
type listening struct {
	credentials credentials.TransportCredentials
	listen      func(context.Context) (net.Listener, error)
}

type dialling struct {
	target      string
	credentials credentials.TransportCredentials
	options     []grpc.DialOption
}

// pipes connect services within one process.
type pipes struct {
	mu   sync.Mutex
	grpc map[string]*bufconn.Listener
	// http are those of the services that serve HTTP now.
	http map[string]*memory
}

func newPipes() *pipes {
	return &pipes{grpc: map[string]*bufconn.Listener{}, http: map[string]*memory{}}
}

func (n *pipes) pipe(service string) *bufconn.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.grpc[service]
	if !ok {
		l = bufconn.Listen(pipeBuffer)
		n.grpc[service] = l
	}
	return l
}

func (n *pipes) listener(service string) (listening, error) {
	return listening{
		credentials: rpc.PipeCredentials(service),
		listen:      func(context.Context) (net.Listener, error) { return n.pipe(service), nil },
	}, nil
}

func (n *pipes) dialler(from, to string) (dialling, error) {
	return dialling{
		target:      "passthrough:///" + to,
		credentials: rpc.PipeCredentials(from),
		options: []grpc.DialOption{grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return n.pipe(to).DialContext(ctx)
		})},
	}, nil
}

// serveHTTP takes connections whose first bytes name the caller, as those of gRPC do.
func (n *pipes) serveHTTP(ctx context.Context, service string, h http.Handler) error {
	l := listenInMemory()
	n.setHTTP(service, l)
	defer n.setHTTP(service, nil)
	server := NewHTTPServer(h, StallTimeout)
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_, info, err := rpc.PipeCredentials(service).ServerHandshake(c)
		if err != nil {
			return ctx
		}
		return rpc.WithCaller(ctx, rpc.PeerName(info))
	}
	return ServeListener(ctx, server, func() error { return server.Serve(l) })
}

func (n *pipes) setHTTP(service string, l *memory) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.http[service] = l
}

var errNotServed = errors.New("it serves no HTTP in this process")

func (n *pipes) httpTo(from, to string, transport *http.Transport) (*url.URL, http.RoundTripper, error) {
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		n.mu.Lock()
		l := n.http[to]
		n.mu.Unlock()
		if l == nil {
			return nil, errNotServed
		}
		conn, err := l.DialContext(ctx)
		if err != nil {
			return nil, err
		}
		conn, _, err = rpc.PipeCredentials(from).ClientHandshake(ctx, to, conn)
		return conn, err
	}
	return &url.URL{Scheme: "http", Host: to}, transport, nil
}
