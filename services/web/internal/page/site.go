package page

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/refusals"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/csrf"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// Options are what pages need of their platform.
type Options struct {
	Log *slog.Logger
	Now func() time.Time
	// PublicURL is the installation's origin.
	PublicURL string
	// Sandbox shows the ribbon.
	Sandbox bool
}

// Handler answers one request for a page; an error it returns ends in the error page or at the sign-in.
type Handler func(r *Request) error

// Failure is the page about a refusal that has no form to show it in.
type Failure func(p components.Page, reason errs.Reason, params map[string]string) components.View

// Site is all hosted pages.
type Site struct {
	Options
	cookies cookies.Jar
	csrf    csrf.Tokens
	mux     *http.ServeMux
	texts   []fs.FS
	words   *i18n.Catalogue
	failure Failure
}

// New is a site without pages.
func New(o Options) *Site {
	jar := cookies.Of(o.PublicURL)
	s := &Site{
		Options: o, cookies: jar, csrf: csrf.Tokens{Cookies: jar, PublicURL: o.PublicURL}, mux: http.NewServeMux(),
		texts: []fs.FS{components.Texts},
	}
	s.mux.HandleFunc("POST "+refusals.Path, s.refusal)
	return s
}

// Texts adds a feature's texts: its folder locales.
func (s *Site) Texts(texts fs.FS) { s.texts = append(s.texts, texts) }

// Page adds a page, with its form.
func (s *Site) Page(path string, h Handler) {
	s.mux.Handle("GET "+path, s.serve(h))
	s.mux.Handle("POST "+path, s.serve(h))
}

// Rest adds the page of all paths that have none.
func (s *Site) Rest(h Handler) { s.mux.Handle("GET /", s.serve(h)) }

// Files adds files, which are no pages.
func (s *Site) Files(prefix string, h http.Handler) { s.mux.Handle("GET "+prefix, h) }

// Failed says which page tells people of a refusal.
func (s *Site) Failed(view Failure) { s.failure = view }

// Handler serves the site, once every feature is mounted. The features' texts must agree.
func (s *Site) Handler() (http.Handler, error) {
	words, err := i18n.Load(s.texts...)
	if err != nil {
		return nil, err
	}
	s.words = words
	return s.mux, nil
}

// SignedIn lets only signed-in people through; others sign in first and come back.
func SignedIn(h Handler) Handler {
	return func(r *Request) error {
		if !r.SignedIn() {
			r.Redirect(paths.WithNext(paths.SignIn, r.URL.RequestURI()))
			return nil
		}
		return h(r)
	}
}

// serve makes a page's handler an HTTP handler.
func (s *Site) serve(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := s.newRequest(w, hr)
		err := checkText(hr)
		if err == nil {
			err = s.csrf.Check(hr)
		}
		if err == nil {
			err = h(r)
		}
		if err != nil {
			r.fail(err)
		}
	})
}

// refusal answers the gateway with the page about what was refused elsewhere.
func (s *Site) refusal(w http.ResponseWriter, hr *http.Request) {
	var refused refusals.Refusal
	err := json.NewDecoder(hr.Body).Decode(&refused)
	if err != nil {
		http.Error(w, "not a refusal", http.StatusBadRequest)
		return
	}
	if hr.URL, err = url.ParseRequestURI(refused.URI); err != nil {
		hr.URL = &url.URL{Path: paths.Home}
	}
	hr.Method = http.MethodGet
	r := s.newRequest(w, hr)
	r.SuggestLanguage(refused.Language)
	r.renderFailure(refused.Status, refused.ErrReason(), refused.Params)
}
