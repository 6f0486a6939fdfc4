package gateway

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/gateway/internal/forward"
	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
	"github.com/propusk-id/propusk/services/gateway/internal/pages"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/static"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi"
)

// httpRoute is a path that is forwarded to a service.
type httpRoute struct {
	service, pattern string
	refusals         boot.Refusals
	sandboxOnly      bool
}

// routes says which part answers which path.
func routes(p *boot.Platform, api *rest.API, hosted *pages.Pages) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api)
	mux.Handle("GET /openapi.json", openapi.Handler())
	mux.Handle(static.Prefix, static.Handler())
	mux.Handle("/", hosted.Handler())
	handlers := map[string]http.Handler{}
	for _, r := range httpRoutes {
		if r.sandboxOnly && p.Env.Environment != boot.Sandbox {
			continue
		}
		if handlers[r.service] == nil {
			h, err := p.HTTPTo(r.service)
			if err != nil {
				return nil, err
			}
			handlers[r.service] = h
		}
		mux.Handle(r.pattern, inForm(handlers[r.service], r.refusals, hosted))
	}
	return mux, nil
}

// inForm puts a service's refusals into the form that its callers expect.
func inForm(h http.Handler, form boot.Refusals, hosted *pages.Pages) http.Handler {
	switch form {
	case boot.AsProblems:
		return forward.Refusals(h, rest.ShowRefusal)
	case boot.AsPages:
		return forward.Refusals(h, hosted.ShowRefusal)
	default:
		return h
	}
}

// language is what the person chose, else what the browser asks for.
func language(r *http.Request) string {
	chosen := ""
	if c, err := r.Cookie(pages.CookieLanguage); err == nil {
		chosen = c.Value
	}
	return i18n.For(chosen, r.Header.Get("Accept-Language")).Lang()
}
