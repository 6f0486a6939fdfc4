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

// The paths that are forwarded to the authorization server and to the sandbox: those that programs call, and those
// that people see. Refusals take our form: problem documents for calls to the sandbox, pages for people; those of oidc's
// calls are the protocol's and stay as they are.
var (
	oidcCalls    = []string{"/oauth2/", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
	oidcPages    = []string{"/oauth2/authorize", "/oauth2/continue", "/oauth2/logout", "/oauth2/logout/"}
	sandboxCalls = []string{"/sandbox/"}
	sandboxPages = []string{"/phone", "/phone/", "/post/", "/demo", "/demo/"}
)

// routes says which part answers which path.
func routes(p *boot.Platform, api *rest.API, hosted *pages.Pages) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api)
	mux.Handle("GET /openapi.json", openapi.Handler())
	mux.Handle(static.Prefix, static.Handler())
	mux.Handle("/", hosted.Handler())
	oidc, err := p.HTTPTo("oidc")
	if err != nil {
		return nil, err
	}
	handle(mux, oidc, oidcCalls)
	handle(mux, forward.Refusals(oidc, hosted.ShowRefusal), oidcPages)
	if p.Env.Environment != boot.Sandbox {
		return mux, nil
	}
	sandbox, err := p.HTTPTo("sandbox")
	if err != nil {
		return nil, err
	}
	handle(mux, forward.Refusals(sandbox, rest.ShowRefusal), sandboxCalls)
	handle(mux, forward.Refusals(sandbox, hosted.ShowRefusal), sandboxPages)
	return mux, nil
}

func handle(mux *http.ServeMux, h http.Handler, paths []string) {
	for _, path := range paths {
		mux.Handle(path, h)
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
