package page

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/refusals"
	"github.com/propusk-id/propusk/services/internal/support"
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
	// Support is whom people turn to.
	Support support.Contacts
	// Keys seal what browsers keep.
	Keys *secret.Keys
	// Drafts keep what signed-in people have typed.
	Drafts Drafts
}

// Handler answers one request for a page; an error it returns ends in the error page or at the sign-in.
type Handler func(r *Request) error

// Failure is the page about a refusal that has no form to show it in.
type Failure func(r *Request, reason errs.Reason, params map[string]string) components.View

// Site is all hosted pages.
type Site struct {
	Options
	cookies cookies.Jar
	csrf    csrf.Tokens
	mux     *http.ServeMux
	paths   []string
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

// Page adds a page, with its form. A form that is not accepted comes back as it was typed, under the address that the
// browser is sent to.
func (s *Site) Page(path string, h Handler) { s.add(path, s.serve(h, false)) }

// LongForm adds a page of signed-in people with a form that takes a while. What was typed and not accepted comes back
// whenever the page is opened within a day, until it is accepted or given up ([components.Page.Draft]).
func (s *Site) LongForm(path string, h Handler) { s.add(path, s.serve(SignedIn(h), true)) }

func (s *Site) add(path string, h http.Handler) {
	s.paths = append(s.paths, path)
	s.mux.Handle("GET "+path, h)
	s.mux.Handle("POST "+path, h)
}

// Paths are where the pages are, as patterns of [http.ServeMux].
func (s *Site) Paths() []string { return s.paths }

// Rest adds the page of all paths that have none.
func (s *Site) Rest(h Handler) { s.mux.Handle("GET /", s.serve(h, false)) }

// Files adds files, which are no pages.
func (s *Site) Files(prefix string, h http.Handler) { s.mux.Handle("GET "+prefix, h) }

// Image adds a picture of a person's, which is no page.
func (s *Site) Image(path string, h Handler) { s.mux.Handle("GET "+path, s.serve(SignedIn(h), false)) }

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

// SignedIn lets only signed-in people through; others sign in first and come back, to what they have typed.
func SignedIn(h Handler) Handler {
	return func(r *Request) error {
		if !r.SignedIn() {
			return errs.New(errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in")
		}
		return h(r)
	}
}

// serve makes a page's handler an HTTP handler.
func (s *Site) serve(h Handler, long bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := s.newRequest(w, hr)
		r.long = long
		if err := r.handle(h); err != nil {
			r.fail(err)
		}
	})
}

// handle checks what was sent before the handler sees it.
func (r *Request) handle(h Handler) error {
	if err := checkText(r.Request); err != nil {
		return err
	}
	if err := r.site.csrf.Check(r.Request); err != nil {
		return err
	}
	if r.IsPost() && r.Action() == components.ActionDiscard && r.long {
		r.Redirect(r.URL.Path)
		return nil
	}
	r.recall(r.long)
	return h(r)
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
