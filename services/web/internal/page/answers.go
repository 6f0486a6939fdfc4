package page

import (
	"net/http"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

const (
	languageLife = 365 * 24 * time.Hour
	// contentPolicy allows nothing but our own files and forms.
	contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

// Refused puts what a service refused onto the page, at its fields or at the given one, and sets the status. It
// is false for what no correction of this form can mend: the error is then the handler's to return.
func (r *Request) Refused(err error, field string) bool {
	e, ok := errs.As(err)
	if !ok || e.Kind == errs.Internal || needsProof(e) {
		return false
	}
	r.Page.Errors = append(r.Page.Errors, components.Problems(e, field)...)
	r.status = e.HTTPStatus()
	return true
}

// needsProof says whether the person has to prove himself before anything else.
func needsProof(e *errs.Error) bool {
	return e.Reason == errorsv1.Reason_REAUTHENTICATION_REQUIRED || e.Reason == errorsv1.Reason_UNAUTHENTICATED ||
		e.Reason == errorsv1.Reason_SESSION_ENDED
}

// Wrong puts a problem of the page's own onto a field.
func (r *Request) Wrong(field string, reason errs.Reason) {
	r.Page.Errors = append(r.Page.Errors, components.FieldError{Field: field, Reason: reason})
	r.status = http.StatusBadRequest
}

// Has says whether this was refused.
func (r *Request) Has(reason errs.Reason) bool {
	for _, e := range r.Page.Errors {
		if e.Reason == reason {
			return true
		}
	}
	return false
}

// FormExpired makes what is wrong with fields wrong as a whole: the page no longer has the field to lead to.
func (r *Request) FormExpired() {
	for i := range r.Page.Errors {
		r.Page.Errors[i].Field = ""
	}
}

// Redirect goes on to a path of our own by GET: see [paths.Own].
func (r *Request) Redirect(path string) {
	if r.IsPost() && paths.MayLeave(path) {
		r.continueFlow(path)
		return
	}
	r.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(r.w, r.Request, path, http.StatusSeeOther) //nolint:gosec // paths of our own: see [paths.Own]
}

// continueFlow goes on by a page that the browser leaves at once. Chromium holds all redirects that follow a form against
// form-action, and a partner may send the browser on to wherever it likes: the form's way has to end here.
func (r *Request) continueFlow(path string) {
	r.w.Header().Set("Refresh", "0; url="+path)
	if err := r.Render(components.Onward{Page: r.Page, URL: path}); err != nil {
		http.Error(r.w, "internal error", http.StatusInternalServerError)
	}
}

// fail answers what a handler could not: sign in again, prove it again, or the error page.
func (r *Request) fail(err error) {
	e, ok := errs.As(err)
	if !ok {
		e = errs.Wrap(err, errs.Internal, errorsv1.Reason_INTERNAL, "internal error")
	}
	switch {
	case e.Reason == errorsv1.Reason_REAUTHENTICATION_REQUIRED:
		r.Redirect(paths.WithNext(paths.Reauthenticate, r.URL.RequestURI()))
		return
	case needsProof(e):
		r.ClearSession()
		r.Redirect(paths.WithNext(paths.SignIn, r.URL.RequestURI()))
		return
	}
	r.site.Log.Warn("page failed", "route", r.Pattern, "error", err, "request_id", r.Page.RequestID)
	r.renderFailure(e.HTTPStatus(), e.Reason, i18n.Params(e))
}

func (r *Request) renderFailure(status int, reason errs.Reason, params map[string]string) {
	if err := r.RenderAs(status, r.site.failure(r.Page, reason, params)); err != nil {
		http.Error(r.w, "internal error", http.StatusInternalServerError)
	}
}
