package edge

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi"
)

// Origins are the sites whose front ends may call programs' paths from a browser (CORS). Cookies are never accepted there,
// so no credentials are allowed.
type Origins struct {
	// Sites are those that the operator has named.
	Sites []Site
	// Sandbox lets in what is being built on the developer's own machine, and to the sandbox's helpers too.
	Sandbox bool
}

const (
	allowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	allowedHeaders = "Authorization, Content-Type, Idempotency-Key, If-Match, Accept-Language"
	exposedHeaders = "Date, ETag, Retry-After, X-Request-Id"
)

// loopbackOrigin is a page on this machine. Origins are compared as browsers write them: in small letters, with neither
// user nor path.
var loopbackOrigin = regexp.MustCompile(`^http://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?$`)

// handle sets the headers that let a site read the answer, whatever that will be; true: the request was a preflight, and is
// answered. A preflight costs nothing, so none is counted: refused ones tell the browser's developer nothing. r is the
// edge's own copy.
func (o Origins) handle(w http.ResponseWriter, r *http.Request) (answered bool, err error) {
	h, origin := w.Header(), r.Header.Get("Origin")
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	switch {
	case isForEverybody(r.URL.Path):
		h.Set("Access-Control-Allow-Origin", "*")
	case !o.mayCall(r.URL.Path):
		return false, nil
	default:
		h.Add("Vary", "Origin")
		if !o.allows(origin) {
			return false, refuseOrigin(origin, preflight)
		}
		h.Set("Access-Control-Allow-Origin", origin)
		vouch(r)
	}
	h.Set("Access-Control-Expose-Headers", exposedHeaders)
	if preflight {
		h.Set("Access-Control-Allow-Methods", allowedMethods)
		h.Set("Access-Control-Allow-Headers", allowedHeaders)
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	}
	return preflight, nil
}

// isForEverybody says whether any site may read the path.
func isForEverybody(path string) bool { return path == openapi.Path }

// mayCall says whether there are sites for which the path is.
func (o Origins) mayCall(path string) bool {
	return strings.HasPrefix(path, "/v1/") || o.Sandbox && strings.HasPrefix(path, "/sandbox/")
}

func (o Origins) allows(origin string) bool {
	return slices.Contains(o.Sites, Site(origin)) || o.Sandbox && loopbackOrigin.MatchString(origin)
}

// refuseOrigin says so where it is asked for; of another request the browser hides the answer by itself.
func refuseOrigin(origin string, preflight bool) error {
	if origin == "" || !preflight {
		return nil
	}
	return errs.New(errorsv1.Reason_ORIGIN_NOT_ALLOWED, "this site may not call the API")
}

// vouch has the request count as one of our own pages' from here on: services refuse what other sites send, and only here is
// known which of them may.
func vouch(r *http.Request) {
	r.Header = r.Header.Clone()
	r.Header.Del("Origin")
	r.Header.Del("Sec-Fetch-Site")
}
