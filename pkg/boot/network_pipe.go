package boot

import (
	"context"
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
	http map[string]*localService
}

func newPipes() *pipes {
	return &pipes{grpc: map[string]*bufconn.Listener{}, http: map[string]*localService{}}
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

// serveHTTP lets other services of the process call the handler, until the context ends and their calls are done.
func (n *pipes) serveHTTP(ctx context.Context, service string, h http.Handler) error {
	s := &localService{handler: endStreams(ctx, h)}
	n.setHTTP(service, s)
	<-ctx.Done()
	n.setHTTP(service, nil)
	s.drain()
	return nil
}

func (n *pipes) setHTTP(service string, s *localService) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.http[service] = s
}

// enterHTTP counts a call of a service that serves HTTP now; nil: it does not.
func (n *pipes) enterHTTP(service string) *localService {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.http[service]
	if s != nil {
		s.calls.Add(1)
	}
	return s
}

func (n *pipes) httpTo(from, to string, _ *http.Transport) (*url.URL, http.RoundTripper, error) {
	way := &localTransport{from: from, enter: func() *localService { return n.enterHTTP(to) }}
	return &url.URL{Scheme: "http", Host: to}, way, nil
}
