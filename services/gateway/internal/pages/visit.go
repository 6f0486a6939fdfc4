package pages

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// handler answers one request for a page; an error it returns ends in the error page or at the sign-in.
type handler func(v *visit) error

// visit is one request for a page.
type visit struct {
	w http.ResponseWriter
	r *http.Request
	// ctx is the request's, with the person signed in when there is one.
	ctx  context.Context
	page view.Page
	// session is nil when nobody is signed in.
	session *accountv1.Session
	status  int
}

// serve makes a page's handler an HTTP handler.
func (p *Pages) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := p.newVisit(w, r)
		err := checkText(r)
		if err == nil {
			err = p.checkCSRF(v)
		}
		if err == nil {
			err = p.findSession(v)
		}
		if err == nil {
			err = h(v)
		}
		if err != nil {
			p.fail(v, err)
		}
	})
}

// checkText refuses what is no text, and keys that no header could carry: no service could take them either.
func checkText(r *http.Request) error {
	bad := !utf8.ValidString(r.URL.Path)
	for _, values := range []url.Values{r.URL.Query(), r.PostForm} {
		for _, list := range values {
			bad = bad || slices.ContainsFunc(list, func(s string) bool { return !utf8.ValidString(s) || strings.Contains(s, "\x00") })
		}
	}
	key := r.PostForm.Get(view.FieldIdempotencyKey)
	bad = bad || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' })
	if bad {
		return errs.New(errs.Invalid, errorsv1.Reason_FIELD_MALFORMED, "the form holds what is no text")
	}
	return nil
}

func (p *Pages) newVisit(w http.ResponseWriter, r *http.Request) *visit {
	req := rpc.RequestOf(r.Context())
	if r.Method == http.MethodPost {
		req.IdempotencyKey = r.PostFormValue(view.FieldIdempotencyKey)
	}
	return &visit{
		w: w, r: r, ctx: rpc.WithRequest(r.Context(), req), status: http.StatusOK,
		page: view.Page{
			Lang: req.Language, Sandbox: p.Sandbox, CSRF: p.csrfToken(w, r),
			IdempotencyKey: secret.NewRandomID(), Path: r.URL.RequestURI(), RequestID: req.ID,
		},
	}
}

// findSession signs the person of the cookie in; a dead cookie is taken away.
func (p *Pages) findSession(v *visit) error {
	token := p.sessionToken(v.r)
	if token == "" {
		return nil
	}
	ctx, s, err := p.Sessions.Resolve(v.ctx, token, accountv1.Surface_PAGES)
	if e, ok := errs.As(err); ok && e.Kind == errs.Unauthenticated {
		p.clearSession(v.w)
		return nil
	}
	if err != nil {
		return err
	}
	v.ctx, v.session = ctx, s
	return nil
}

// signedIn lets only signed-in people through; others sign in first and come back.
func (p *Pages) signedIn(h handler) handler {
	return func(v *visit) error {
		if v.session == nil {
			v.redirect(view.PathSignIn + "?" + url.Values{"next": {v.r.URL.RequestURI()}}.Encode())
			return nil
		}
		return h(v)
	}
}

func (v *visit) isPost() bool { return v.r.Method == http.MethodPost }

func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

func (v *visit) action() string { return v.r.PostFormValue(view.FieldAction) }

// accountID is the signed-in person's account.
func (v *visit) accountID() string { return v.session.GetAccountId() }

// refused puts what a service refused onto the page, at its fields or at the given one, and sets the status. It
// is false for what no correction of this form can mend: the error is then the handler's to return.
func (v *visit) refused(err error, field string) bool {
	e, ok := errs.As(err)
	if !ok || e.Kind == errs.Internal || endsVisit(e) {
		return false
	}
	v.page.Errors = append(v.page.Errors, view.Problems(e, field)...)
	v.status = e.HTTPStatus()
	return true
}

// endsVisit says whether the person has to prove himself before anything else.
func endsVisit(e *errs.Error) bool {
	return e.Reason == errorsv1.Reason_REAUTHENTICATION_REQUIRED || e.Reason == errorsv1.Reason_UNAUTHENTICATED ||
		e.Reason == errorsv1.Reason_SESSION_ENDED
}

// wrong puts a problem of the page's own onto a field.
func (v *visit) wrong(field string, reason errorsv1.Reason) {
	v.page.Errors = append(v.page.Errors, view.FieldError{Field: field, Reason: reason})
	v.status = http.StatusBadRequest
}

// noForm makes what is wrong with fields wrong as a whole, where the page has no field to lead to.
func (v *visit) noForm() {
	for i := range v.page.Errors {
		v.page.Errors[i].Field = ""
	}
}

// show renders a page.
func (v *visit) show(m view.View) error {
	var body bytes.Buffer
	if err := m.View().Render(v.ctx, &body); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.page.Lang)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentPolicy)
	v.w.WriteHeader(v.status)
	_, _ = body.WriteTo(v.w)
	return nil
}

// contentPolicy allows nothing but our own files and forms.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// redirect goes on to a path by GET.
func (v *visit) redirect(path string) {
	if v.isPost() && mayLeave(path) {
		v.goOn(path)
		return
	}
	v.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(v.w, v.r, path, http.StatusSeeOther) //nolint:gosec // paths of our own: see ownPath
}

// mayLeave says whether a path may lead on to a partner, by redirects.
func mayLeave(path string) bool {
	return strings.HasPrefix(path, interactionPath("")) || strings.HasPrefix(path, "/oauth2/")
}

// goOn goes on by a page that the browser leaves at once. Chromium holds all redirects that follow a form against
// form-action, and a partner may send the browser on to wherever it likes: the form's way has to end here.
func (v *visit) goOn(path string) {
	v.w.Header().Set("Refresh", "0; url="+path)
	if err := v.show(view.Onward{Page: v.page, URL: path}); err != nil {
		http.Error(v.w, "internal error", http.StatusInternalServerError)
	}
}

// Fail answers a request that was refused before it came to a page.
func (p *Pages) Fail(w http.ResponseWriter, r *http.Request, err error) {
	p.fail(p.newVisit(w, r), err)
}

// fail answers what a handler could not: sign in again, prove it again, or the error page.
func (p *Pages) fail(v *visit, err error) {
	e, ok := errs.As(err)
	if !ok {
		e = errs.Wrap(err, errs.Internal, errorsv1.Reason_INTERNAL, "internal error")
	}
	back := url.Values{"next": {v.r.URL.RequestURI()}}.Encode()
	switch {
	case e.Reason == errorsv1.Reason_REAUTHENTICATION_REQUIRED:
		v.redirect("/reauthenticate?" + back)
		return
	case endsVisit(e):
		p.clearSession(v.w)
		v.redirect(view.PathSignIn + "?" + back)
		return
	}
	p.Log.Warn("page failed", "route", v.r.Pattern, "error", err, "request_id", v.page.RequestID)
	v.status = e.HTTPStatus()
	if err := v.show(view.Error{Page: v.page, Reason: e.Reason, Params: i18n.Params(e)}); err != nil {
		http.Error(v.w, "internal error", http.StatusInternalServerError)
	}
}

// ownPath is where a page may send the browser on: a path of this installation, else the given one.
func ownPath(next, otherwise string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return otherwise
	}
	return next
}
