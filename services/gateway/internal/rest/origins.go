package rest

import (
	"net/http"
	"slices"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Origins are the sites whose front ends may call the API from a browser (CORS). Cookies are never accepted, so no
// credentials are allowed.
type Origins []string

const (
	allowedMethods = "GET, POST, PATCH, DELETE"
	allowedHeaders = "Authorization, Content-Type, Idempotency-Key, If-Match, Accept-Language"
	exposedHeaders = "ETag, Retry-After, X-Request-Id"
)

// handle sets the headers of a known origin; true: the request is answered.
func (o Origins) handle(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	w.Header().Add("Vary", "Origin")
	if !slices.Contains(o, origin) {
		if preflight {
			WriteProblem(w, r, errs.New(errs.Denied, errorsv1.Reason_ORIGIN_NOT_ALLOWED, "this site may not call the API"))
		}
		return preflight
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", exposedHeaders)
	if !preflight {
		return false
	}
	h.Set("Access-Control-Allow-Methods", allowedMethods)
	h.Set("Access-Control-Allow-Headers", allowedHeaders)
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
