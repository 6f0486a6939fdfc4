package gateway

import (
	"net/http"
	"strings"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/docs"
	"github.com/propusk-id/propusk/services/gateway/internal/forward"
	"github.com/propusk-id/propusk/services/gateway/internal/refusalpage"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/oauth"
	"github.com/propusk-id/propusk/services/internal/refusals"
)

// httpRoute is a path that a service answers by HTTP itself.
type httpRoute struct {
	service, pattern string
	// refusals is the form that refusals take: those for people become pages, those for programs our problem documents or
	// OAuth's errors.
	refusals boot.Refusals
	// ownLimits: the service counts the requests itself.
	ownLimits bool
	// uploads: forms with files come here.
	uploads     bool
	sandboxOnly bool
}

// forPeople says that browsers come here, whose session is the person's. What is simulated needs no person.
func (r httpRoute) forPeople() bool { return r.refusals == boot.AsPages && !r.sandboxOnly }

// router says which part answers which path.
type router struct {
	platform *boot.Platform
	jar      cookies.Jar
	sessions *session.Resolver
	pages    *refusalpage.Pages
	docs     *docs.Docs
	services map[string]http.Handler
	// patterns knows which route a request takes.
	patterns *http.ServeMux
	routes   map[string]httpRoute
}

func newRouter(p *boot.Platform, jar cookies.Jar, sessions *session.Resolver) (*router, error) {
	r := &router{platform: p, jar: jar, sessions: sessions, services: map[string]http.Handler{}, patterns: http.NewServeMux(), routes: map[string]httpRoute{}}
	for _, route := range httpRoutes {
		if route.sandboxOnly && p.Env.Environment != boot.Sandbox {
			continue
		}
		r.patterns.HandleFunc(route.pattern, http.NotFound)
		r.routes[route.pattern] = route
		if r.services[route.service] != nil {
			continue
		}
		h, err := p.HTTPTo(route.service, withheld(jar, route.service))
		if err != nil {
			return nil, err
		}
		r.services[route.service] = h
	}
	r.pages = &refusalpage.Pages{Web: r.services["web"], Log: p.Log}
	var err error
	r.docs, err = docs.New(p.Env.Environment == boot.Sandbox)
	return r, err
}

// withheld are the cookies that a service does not get. A session's token stays here: who is signed in travels as the
// internal token. web sees that there is one, and takes it from the browser when its person is not signed in.
func withheld(jar cookies.Jar, service string) boot.Withheld {
	if service == "web" {
		return boot.Withheld{Values: []string{jar.Name(cookies.Session)}}
	}
	return boot.Withheld{Cookies: []string{jar.Name(cookies.Session), jar.Name(cookies.CSRF)}}
}

func (r *router) mux(api *rest.API) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api)
	mux.Handle("GET "+openapi.Path, openapi.Handler())
	r.docs.Register(mux)
	mux.HandleFunc(refusals.Internal, func(w http.ResponseWriter, hr *http.Request) {
		r.pages.Fail(w, hr, errs.New(errorsv1.Reason_NOT_FOUND, "it is not for the outside"))
	})
	for _, route := range r.routes {
		mux.Handle(route.pattern, r.forwarding(route, r.services[route.service]))
	}
	return mux
}

// route is the one that a request takes; none: it is not forwarded.
func (r *router) route(hr *http.Request) httpRoute {
	_, pattern := r.patterns.Handler(hr)
	return r.routes[pattern]
}

func (r *router) forwarding(route httpRoute, h http.Handler) http.Handler {
	switch route.refusals {
	case boot.AsProblems:
		return forward.Refusals(h, rest.WriteRefusal)
	case boot.AsOAuth:
		return forward.Refusals(h, writeOAuth)
	case boot.AsPages:
		h = forward.Refusals(h, r.pages.Render)
	case boot.AsSent:
	}
	if route.forPeople() {
		return r.sessions.Browser(r.jar, h, r.pages.Fail)
	}
	return h
}

// refuse answers what the edge refuses in the form that the caller expects of the route.
func (r *router) refuse(w http.ResponseWriter, hr *http.Request, err error) {
	if strings.HasPrefix(hr.URL.Path, "/v1/") || hr.URL.Path == openapi.Path {
		rest.WriteProblem(w, hr, err)
		return
	}
	switch r.route(hr).refusals {
	case boot.AsProblems:
		rest.WriteProblem(w, hr, err)
	case boot.AsOAuth:
		writeOAuth(w, hr, errs.Refusal(err, nil))
	case boot.AsPages, boot.AsSent:
		r.pages.Fail(w, hr, err)
	}
}

func writeOAuth(w http.ResponseWriter, _ *http.Request, e *errs.Error) { oauth.WriteRefusal(w, e) }

// limitedElsewhere says that the service behind the route counts its requests itself.
func (r *router) limitedElsewhere(hr *http.Request) bool { return r.route(hr).ownLimits }

// takesFiles says that a form with a file may come.
func (r *router) takesFiles(hr *http.Request) bool { return r.route(hr).uploads }

// language is what the person chose, else what the browser asks for.
func language(r *http.Request) string {
	return i18n.For(cookies.Jar{}.Get(r, cookies.Language), r.Header.Get("Accept-Language")).Lang()
}
