package gateway

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
	"github.com/propusk-id/propusk/services/gateway/internal/pages"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/static"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi"
)

// oidcPaths are the authorization server's, sandboxPaths the sandbox's.
var (
	oidcPaths    = []string{"/oauth2/", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
	sandboxPaths = []string{"/sandbox/", "/phone", "/phone/", "/post/", "/demo", "/demo/"}
)

// routes says which part answers which path.
func routes(p *boot.Platform, api *rest.API, hosted *pages.Pages) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api)
	mux.Handle("GET /openapi.json", openapi.Handler())
	mux.Handle(static.Prefix, static.Handler())
	mux.Handle("/", hosted.Handler())
	if err := forward(p, mux, "oidc", oidcPaths, hosted.ShowRefusals); err != nil {
		return nil, err
	}
	if p.Env.Environment != boot.Sandbox {
		return mux, nil
	}
	return mux, forward(p, mux, "sandbox", sandboxPaths, func(h http.Handler) http.Handler { return h })
}

func forward(
	p *boot.Platform, mux *http.ServeMux, service string, paths []string, wrap func(http.Handler) http.Handler,
) error {
	h, err := p.HTTPTo(service)
	if err != nil {
		return err
	}
	for _, path := range paths {
		mux.Handle(path, wrap(h))
	}
	return nil
}

// language is what the person chose, else what the browser asks for.
func language(r *http.Request) string {
	chosen := ""
	if c, err := r.Cookie(pages.CookieLanguage); err == nil {
		chosen = c.Value
	}
	return i18n.For(chosen, r.Header.Get("Accept-Language")).Lang()
}
