package boot

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/rpc"
)

// local gives the way to a handler that serves within the process.
func local(h http.HandlerFunc) http.RoundTripper {
	s := &localService{handler: h}
	return &localTransport{from: "gateway", enter: func() *localService {
		s.calls.Add(1)
		return s
	}}
}

func roundTrip(t *testing.T, way http.RoundTripper, method string) *http.Response {
	t.Helper()
	answer, err := way.RoundTrip(httptest.NewRequest(method, "/x", nil).WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

func TestAnswersAreTheSameBothWays(t *testing.T) {
	long := strings.Repeat("x", 3*maxHeldBack)
	overBothWays(t, func(t *testing.T, way httpWay) {
		way.serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Kind", "own")
			switch r.URL.Path {
			case "/none":
				w.WriteHeader(http.StatusNoContent)
			case "/long":
				_, _ = io.WriteString(w, long)
			default:
				w.WriteHeader(http.StatusTeapot)
				w.Header().Set("X-Late", "unseen")
				_, _ = io.WriteString(w, rpc.CallerOf(r.Context()))
			}
		})
		for path, want := range map[string]struct {
			status int
			body   string
		}{
			"/none": {http.StatusNoContent, ""}, "/long": {http.StatusOK, long}, "/short": {http.StatusTeapot, "gateway"},
		} {
			a := way.call(t, "gateway", httptest.NewRequest(http.MethodGet, path, nil), Withheld{})
			if a.Code != want.status || a.Body.String() != want.body || a.Header().Get("X-Kind") != "own" || a.Header().Get("X-Late") != "" {
				t.Errorf("%s: %d, %d bytes, %v", path, a.Code, a.Body.Len(), a.Header())
			}
		}
	})
}

func TestALocalAnswerThatEndsGoesWithItsLength(t *testing.T) {
	way := local(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") })
	if a := roundTrip(t, way, http.MethodGet); a.ContentLength != 4 || a.Header.Get("Content-Length") != strconv.Itoa(4) {
		t.Errorf("%d %v", a.ContentLength, a.Header)
	}
	a := roundTrip(t, way, http.MethodHead)
	if body, err := io.ReadAll(a.Body); len(body) > 0 || err != nil {
		t.Errorf("HEAD has a body of %d bytes, %v", len(body), err)
	}
}

func TestALocalStreamArrivesPieceByPieceAndEndsWithItsReader(t *testing.T) {
	gone := make(chan struct{})
	a := roundTrip(t, local(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "one")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	}), http.MethodGet)
	piece := make([]byte, 3)
	if _, err := io.ReadFull(a.Body, piece); err != nil || string(piece) != "one" || a.ContentLength != -1 {
		t.Errorf("%q, %v, length %d", piece, err, a.ContentLength)
	}
	_ = a.Body.Close()
	<-gone
}

func TestALocalHandlerThatGivesUpIsNoWholeAnswer(t *testing.T) {
	for name, flush := range map[string]bool{"before the answer began": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			way := local(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "half")
				if flush {
					_ = http.NewResponseController(w).Flush()
				}
				panic(http.ErrAbortHandler)
			})
			a, err := way.RoundTrip(httptest.NewRequest(http.MethodGet, "/x", nil))
			if err == nil {
				_, err = io.ReadAll(a.Body)
				_ = a.Body.Close()
			}
			if !errors.Is(err, errAborted) {
				t.Errorf("error %v", err)
			}
		})
	}
}
