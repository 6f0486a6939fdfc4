package boot

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// maxHeldBack is how much of an answer waits for its end, to go with its length: nearly every page.
const maxHeldBack = 64 << 10

// localAnswer is the http.ResponseWriter of a call within the process, and the answer that its caller waits for.
type localAnswer struct {
	request *http.Request
	cancel  context.CancelFunc

	// Only the handler's goroutine uses these.
	header, sent http.Header
	status       int
	held         bytes.Buffer
	stream       *io.PipeWriter

	// begun is closed once the answer or the failure stands.
	begun    chan struct{}
	mu       sync.Mutex
	response *http.Response
	failure  error
}

// serve runs the handler to its end.
func (a *localAnswer) serve(h http.Handler, r *http.Request) {
	defer closeBody(a.request)
	defer a.cancel()
	defer func() {
		if cause := recover(); cause != nil {
			a.abort(cause)
		}
	}()
	h.ServeHTTP(a, r)
	a.finish()
}

// abort ends the call of a handler that panics, as net/http ends its connection: the caller logs why.
func (a *localAnswer) abort(cause any) {
	err := errAborted
	if cause != http.ErrAbortHandler { //nolint:errorlint,err113 // net/http compares it this way
		err = fmt.Errorf("%w: %v", errAborted, cause)
	}
	a.fail(err)
	if a.stream != nil {
		_ = a.stream.CloseWithError(err)
	}
}

// finish sends what was held back.
func (a *localAnswer) finish() {
	a.WriteHeader(http.StatusOK)
	if a.stream != nil {
		_ = a.stream.Close()
		return
	}
	length := int64(a.held.Len())
	if a.hasBody() {
		a.sent.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	a.begin(io.NopCloser(&a.held), length)
}

// Header is the answer's.
func (a *localAnswer) Header() http.Header { return a.header }

// WriteHeader fixes the status and the headers; informational ones are not for within.
func (a *localAnswer) WriteHeader(status int) {
	if a.status != 0 || status < http.StatusOK {
		return
	}
	a.status, a.sent = status, a.header.Clone()
}

func (a *localAnswer) hasBody() bool {
	return a.request.Method != http.MethodHead && a.status != http.StatusNoContent && a.status != http.StatusNotModified
}

// Write holds back what may be all, and passes on more than that.
func (a *localAnswer) Write(data []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	switch {
	case a.request.Method == http.MethodHead:
		return len(data), nil
	case !a.hasBody():
		return 0, http.ErrBodyNotAllowed
	case a.stream == nil && a.held.Len()+len(data) <= maxHeldBack:
		return a.held.Write(data)
	}
	if err := a.FlushError(); err != nil {
		return 0, err
	}
	return a.stream.Write(data)
}

// FlushError sends what there is: from now on the answer is a stream.
func (a *localAnswer) FlushError() error {
	a.WriteHeader(http.StatusOK)
	if a.stream == nil {
		body, stream := io.Pipe()
		a.stream = stream
		a.begin(&localBody{body, a.cancel}, -1)
	}
	if a.held.Len() == 0 {
		return nil
	}
	_, err := a.held.WriteTo(a.stream)
	return err
}

// begin lets the caller have the answer.
func (a *localAnswer) begin(body io.ReadCloser, length int64) {
	a.settle(&http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.sent, Body: body, ContentLength: length, Request: a.request,
	}, nil)
}

// fail lets the caller have an error, unless the answer has begun, and ends the call.
func (a *localAnswer) fail(err error) {
	a.settle(nil, err)
	a.cancel()
}

// settle decides what the caller gets: whatever comes first.
func (a *localAnswer) settle(response *http.Response, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.response != nil || a.failure != nil {
		if response != nil {
			_ = response.Body.Close()
		}
		return
	}
	a.response, a.failure = response, err
	close(a.begun)
}

func (a *localAnswer) result() (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.response, a.failure
}

// localBody is a stream whose reader ends the call by closing it.
type localBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close tells the handler that nobody reads on.
func (b *localBody) Close() error {
	b.cancel()
	return b.CloseWithError(errNotWaiting)
}
