package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// methods are the handlers of one JSON path by method; a path without any is not found.
type methods map[string]answer

// ServeHTTP answers; a refusal is a problem document.
func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	found, ok := m[r.Method]
	if r.Method == http.MethodHead {
		found, ok = m[http.MethodGet]
	}
	switch {
	case len(m) == 0:
		errs.WriteProblem(w, r, notFound())
	case !ok:
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(m)), ", "))
		errs.WriteProblem(w, r, errs.New(errorsv1.Reason_METHOD_NOT_ALLOWED, "the path has other methods"))
	default:
		if err := found(w, r); err != nil {
			errs.WriteProblem(w, r, errs.Refusal(err, pg.IsUnavailable))
		}
	}
}

func notFound() *errs.Error {
	return errs.New(errorsv1.Reason_NOT_FOUND, "the sandbox has no such path")
}

func writeJSON(w http.ResponseWriter, value any) error { return writeJSONAs(w, http.StatusOK, value) }

func writeJSONAs(w http.ResponseWriter, status int, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
	return nil
}

// invalid refuses a parameter.
func invalid(name string, reason errs.Reason) error {
	return errs.Fields{{Name: name, Reason: reason}}.Err()
}
