package boot

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

const (
	dialTimeout = 2 * time.Second
	// replayable is the largest body that is kept in memory so that it can be sent once more.
	replayable = 256 << 10
)

// balancer spreads requests evenly over the replicas of a service. A request that no replica has begun to process,
// as it could not be reached or was stopping, goes to the next one, and so does one that only reads what a replica does not
// have: while an installation is upgraded, replicas of two versions stand side by side, and a page of the new one is asked of
// the old one. No other is sent twice.
type balancer struct {
	endpoints *endpoints
	transport http.RoundTripper
	turn      atomic.Uint64
}

// newBalancer sends over a transport that dials by [dialTLS].
func newBalancer(lookup lookupFunc, address string, transport http.RoundTripper) *balancer {
	return &balancer{endpoints: &endpoints{lookup: lookup, address: address, now: time.Now}, transport: transport}
}

// dialTLS makes a transport's connections, and tells a failure to connect from any other.
func dialTLS(config *tls.Config) func(ctx context.Context, network, endpoint string) (net.Conn, error) {
	config.NextProtos = []string{"h2", "http/1.1"}
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: config}
	return func(ctx context.Context, network, endpoint string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, endpoint)
		if err != nil {
			return nil, &unreachedError{err}
		}
		return conn, nil
	}
}

// unreachedError says that no connection was made, so that nobody has seen the request.
type unreachedError struct{ error }

// Unwrap implements [errors.Unwrap].
func (e *unreachedError) Unwrap() error { return e.error }

func unreached(err error) bool {
	var e *unreachedError
	return errors.As(err, &e)
}

// RoundTrip implements [http.RoundTripper].
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoints, err := b.order(r.Context())
	if err != nil {
		return nil, err
	}
	r, err = repeatable(r)
	if err != nil {
		return nil, err
	}
	err = errors.New("the service has no replicas")
	var missing *http.Response
	for _, endpoint := range endpoints {
		var resp *http.Response
		resp, err = b.send(r, endpoint)
		switch {
		case err != nil && unreached(err) && isRepeatable(r):
			continue
		case err == nil && resp.StatusCode == http.StatusNotFound && isSafe(r):
			drop(missing)
			missing = resp
			continue
		}
		drop(missing)
		return resp, err
	}
	if missing != nil {
		return missing, nil // nobody knows more
	}
	return nil, err
}

// isSafe says that a request changes nothing, whoever it is asked of (RFC 9110 §9.2.1).
func isSafe(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// drop ends an answer that another one takes the place of.
func drop(resp *http.Response) {
	if resp != nil {
		_ = resp.Body.Close()
	}
}

func isRepeatable(r *http.Request) bool {
	return r.Body == nil || r.Body == http.NoBody || r.GetBody != nil
}

func (b *balancer) send(r *http.Request, endpoint string) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.URL.Host = endpoint
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		out.Body = body
	}
	resp, err := b.transport.RoundTrip(out)
	if err != nil && unreached(err) {
		b.endpoints.leaveOut(endpoint)
	}
	return resp, err
}

// order is every replica, beginning with the one whose turn it is.
func (b *balancer) order(ctx context.Context) ([]string, error) {
	all, err := b.endpoints.get(ctx)
	if err != nil {
		return nil, err
	}
	turn := int(b.turn.Add(1) % uint64(len(all)))
	return slices.Concat(all[turn:], all[:turn]), nil
}

// repeatable keeps a small body, so that it can be sent again where a stopping replica has not taken it.
func repeatable(r *http.Request) (*http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody || r.GetBody != nil || r.ContentLength <= 0 || r.ContentLength > replayable {
		return r, nil
	}
	content, err := io.ReadAll(io.LimitReader(r.Body, replayable))
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	out.Body, err = out.GetBody()
	return out, err
}
