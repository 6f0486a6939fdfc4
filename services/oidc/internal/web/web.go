// Package web is oidc's public HTTP face: what partners and their users' browsers call. The gateway forwards
// /oauth2/ and the two /.well-known/ documents to it.
package web

import (
	"html/template"
	"log/slog"
	"net/http"

	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/grants"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
	"github.com/propusk-id/propusk/services/oidc/internal/responsemode"
)

// Options are what the handler needs.
type Options struct {
	App *app.App
	// Grants are the kinds of grants that clients may use.
	Grants grants.Registry
	Limits Limits
	// Requests logs what clients ask.
	Requests *requestlog.Recorder
	Log      *slog.Logger
}

type handler struct {
	app       *app.App
	grants    grants.Registry
	modes     responsemode.Registry
	departure *template.Template
	log       *slog.Logger
	cookies   cookies.Jar
	limits    limits
	requests  *requestlog.Observer
	discovery []byte
}

// New is the handler.
func New(o Options) (http.Handler, error) {
	discovery, err := discoveryDocument(o.App.Issuer, o.Grants.Types())
	if err != nil {
		return nil, err
	}
	h := &handler{
		app: o.App, grants: o.Grants, modes: responsemode.New(), departure: departurePage(), log: o.Log, discovery: discovery,
		cookies: cookies.Of(o.App.Issuer), limits: limits{o.Limits, o.App.TokenGrant},
		requests: &requestlog.Observer{Recorder: o.Requests, Clients: o.App, Now: o.App.Now, Pages: o.App.Pages()},
	}
	return secured(h.routes()), nil
}

func (h *handler) routes() http.Handler {
	mux, log := http.NewServeMux(), h.requests.Observe
	mux.HandleFunc("GET /.well-known/openid-configuration", h.discover)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", h.discover)
	mux.HandleFunc("GET "+app.PathKeys, h.keys)
	mux.HandleFunc("GET "+app.PathAuthorize, log("authorize", h.authorize))
	mux.HandleFunc("POST "+app.PathAuthorize, log("authorize", h.authorize))
	mux.HandleFunc("GET "+app.PathContinue, log("continue", h.continueToPartner))
	mux.HandleFunc("POST "+app.PathToken, log("token", h.cors(h.token)))
	mux.HandleFunc("OPTIONS "+app.PathToken, h.cors(preflight))
	mux.HandleFunc("GET "+app.PathUserinfo, log("userinfo", h.cors(h.userinfo)))
	mux.HandleFunc("POST "+app.PathUserinfo, log("userinfo", h.cors(h.userinfo)))
	mux.HandleFunc("POST "+app.PathIntrospect, log("introspect", h.introspect))
	mux.HandleFunc("POST "+app.PathRevoke, log("revoke", h.cors(h.revoke)))
	mux.HandleFunc("OPTIONS "+app.PathRevoke, h.cors(preflight))
	mux.HandleFunc("OPTIONS "+app.PathUserinfo, h.cors(preflight))
	mux.HandleFunc("GET "+app.PathLogout, log("logout", h.logout))
	mux.HandleFunc("POST "+app.PathLogout, log("logout", h.logout))
	mux.HandleFunc("GET "+app.PathLogoutContinue, h.logoutContinue)
	return mux
}

// secured sets the headers that every answer has; a page or a public document overrides its own.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// redirect is always 303: a POST's body must not be forwarded (RFC 9700 §4.12).
func redirect(w http.ResponseWriter, url string) {
	w.Header().Set("Location", url)
	w.WriteHeader(http.StatusSeeOther)
}
