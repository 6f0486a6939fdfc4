package web

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// methods answer the methods of one path of the JSON; a path without any is not there.
type methods map[string]func(http.ResponseWriter, *http.Request) error

// ServeHTTP answers, or says in a problem document why not.
func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	answer, ok := m[r.Method]
	if r.Method == http.MethodHead {
		answer, ok = m[http.MethodGet]
	}
	switch {
	case len(m) == 0:
		writeProblem(w, r, notFound())
	case !ok:
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(m)), ", "))
		writeProblem(w, r, errs.New(errs.Invalid, errorsv1.Reason_METHOD_NOT_ALLOWED, "the path has other methods"))
	default:
		if err := answer(w, r); err != nil {
			writeProblem(w, r, err)
		}
	}
}

func notFound() error {
	return errs.New(errs.NotFound, errorsv1.Reason_NOT_FOUND, "the sandbox has no such path")
}

// problem is a problem document (RFC 9457), as the gateway writes it; its words are for developers.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance"`
	Code     string `json:"code"`
}

func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	e, ok := errs.As(err)
	if !ok {
		e = errs.Wrap(err, errs.Internal, errorsv1.Reason_INTERNAL, "internal error")
	}
	code := e.Reason.String()
	p := problem{
		Type: "urn:propusk:problem:" + code, Status: statusOf(e), Detail: e.Message, Instance: r.URL.Path, Code: code,
	}
	p.Title = http.StatusText(p.Status)
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	data, _ := json.Marshal(p) //nolint:errchkjson // strings and a number
	_, _ = w.Write(data)
}

func statusOf(e *errs.Error) int {
	if e.Reason == errorsv1.Reason_METHOD_NOT_ALLOWED {
		return http.StatusMethodNotAllowed
	}
	switch e.Kind {
	case errs.Invalid:
		return http.StatusBadRequest
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.Deadline:
		return http.StatusGatewayTimeout
	default:
		return http.StatusInternalServerError
	}
}

func writeJSON(w http.ResponseWriter, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
	return nil
}

func invalid(message string) error {
	return errs.New(errs.Invalid, errorsv1.Reason_VALIDATION_FAILED, message)
}
