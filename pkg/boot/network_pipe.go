package boot

import (
	"context"
	"net"
	"net/http"
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
	mu       sync.Mutex
	pipes    map[string]*bufconn.Listener
	handlers map[string]http.Handler
}

func newPipes() *pipes {
	return &pipes{pipes: map[string]*bufconn.Listener{}, handlers: map[string]http.Handler{}}
}

func (n *pipes) pipe(service string) *bufconn.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.pipes[service]
	if !ok {
		l = bufconn.Listen(pipeBuffer)
		n.pipes[service] = l
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

func (n *pipes) serveHTTP(ctx context.Context, service string, h http.Handler) error {
	n.mu.Lock()
	n.handlers[service] = h
	n.mu.Unlock()
	<-ctx.Done()
	return nil
}

// httpTo hands the request straight to the other service's handler, with the caller's name where a
// certificate would have it.
func (n *pipes) httpTo(_, to string) (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		h := n.handlers[to]
		n.mu.Unlock()
		if h == nil {
			away(w, r, to, nil)
			return
		}
		h.ServeHTTP(w, r)
	}), nil
}
