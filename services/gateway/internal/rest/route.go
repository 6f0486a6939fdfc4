package rest

import (
	"context"
	"net/http"
	"path"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// found is told which route a request takes, and what its body is; a request that only asks for it goes no further.
type found struct {
	pattern string
	asking  bool
	// body is the field of the contract's request that is the whole body of the route; empty: the body is the request.
	body string
}

type foundKey struct{}

// noteRoute stands before every route.
func noteRoute(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		f, _ := r.Context().Value(foundKey{}).(*found)
		pattern, _ := runtime.HTTPPattern(r.Context())
		f.pattern = r.Method + " " + strings.ReplaceAll(pattern.String(), "=*", "")
		if !f.asking {
			next(w, r, params)
		}
	}
}

// methods are all that the API may have at a path.
var methods = []string{http.MethodDelete, http.MethodGet, http.MethodPatch, http.MethodPost, http.MethodPut}

// allowed are the methods of the request's path.
func (a *API) allowed(w http.ResponseWriter, r *http.Request) []string {
	var out []string
	for _, method := range methods {
		f := &found{asking: true}
		question := r.Clone(context.WithValue(r.Context(), foundKey{}, f))
		question.Method = method
		if a.mux.ServeHTTP(w, question); f.pattern != "" {
			out = append(out, method)
		}
	}
	return out
}

// handleRoutingError answers for a path or method that the API does not have.
func (a *API) handleRoutingError(
	_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, status int,
) {
	if f, _ := r.Context().Value(foundKey{}).(*found); f.asking {
		return
	}
	err := errs.New(errorsv1.Reason_NOT_FOUND, "no such resource")
	// A verb that nothing has is taken for a part of an id, which has other methods.
	if status == http.StatusMethodNotAllowed && !strings.Contains(path.Base(r.URL.Path), ":") {
		w.Header().Set("Allow", strings.Join(a.allowed(w, r), ", "))
		err = errs.New(errorsv1.Reason_METHOD_NOT_ALLOWED, "no such method")
	}
	WriteProblem(w, r, err)
}
