package boot

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/propusk-id/propusk/pkg/rpc"
)

// localService is a handler that another service of this process may call. A call goes straight to it: writing HTTP into a
// pipe and parsing it again cost a third of a cheap request. What passes is what a connection would carry, the request and
// the answer; of the caller's context nothing but its end does.
type localService struct {
	handler http.Handler
	calls   sync.WaitGroup
}

// drain waits for the calls under way, for a while.
func (s *localService) drain() {
	done := make(chan struct{})
	go func() {
		s.calls.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(drainTime):
	}
}

// localTransport calls a service of this process in the name of another.
type localTransport struct {
	from string
	// enter finds the service, whose calls are counted until each is done; nil: it serves no HTTP now.
	enter func() *localService
}

var (
	errNotServed  = errors.New("it serves no HTTP in this process")
	errNoAnswer   = errors.New("it has not begun to answer in time")
	errAborted    = errors.New("it gave up its answer")
	errNotWaiting = errors.New("the caller has gone")
)

// RoundTrip has the handler answer, and returns when the answer begins.
func (t *localTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s := t.enter()
	if s == nil {
		closeBody(r)
		return nil, errNotServed
	}
	ctx, cancel := context.WithCancel(withoutValues{r.Context()})
	a := &localAnswer{request: r, header: http.Header{}, begun: make(chan struct{}), cancel: cancel}
	patience := time.AfterFunc(responseHeaderTimeout, func() { a.fail(errNoAnswer) })
	defer patience.Stop()
	go func() {
		defer s.calls.Done()
		a.serve(s.handler, received(rpc.WithCaller(ctx, t.from), r, a.fail))
	}()
	select {
	case <-a.begun:
	case <-r.Context().Done():
		a.fail(r.Context().Err())
	}
	return a.result()
}

// received is the request as a server reads it from a connection.
func received(ctx context.Context, r *http.Request, fail func(error)) *http.Request {
	in := r.WithContext(ctx)
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery}
	in.RequestURI = in.URL.RequestURI()
	in.Body = http.NoBody
	if r.Body != nil && r.Body != http.NoBody {
		in.Body = &localRequestBody{r.Body, fail}
	}
	return in
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// withoutValues is a context of which only the end is left: who is signed in and who calls is not the caller's to say.
type withoutValues struct{ context.Context }

// Value has none.
func (withoutValues) Value(any) any { return nil }

// localRequestBody gives the call up when the caller's body cannot be read, such as one that is too large: the caller
// answers for that, as it does when the body cannot be sent on.
type localRequestBody struct {
	io.ReadCloser
	fail func(error)
}

// Read reads on.
func (b *localRequestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.fail(err)
	}
	return n, err
}
