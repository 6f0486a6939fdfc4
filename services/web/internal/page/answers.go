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
	// deviceLife is the longest that browsers keep a cookie.
	deviceLife = 400 * 24 * time.Hour
	// contentPolicy allows nothing but our own files and forms.
	contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

// Refused puts what a service refused onto the page, at its fields or at the given one. It is false for what no correction
// of this form can mend: the error is then the handler's to return.
func (r *Request) Refused(err error, field string) bool {
	e, ok := errs.As(err)
	if !ok || needsProof(e) || e.Kind == errs.Internal || e.Kind == errs.Unavailable || e.Kind == errs.Deadline {
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

// RenameField has what is wrong with a field of the service's shown at one of the form's.
func (r *Request) RenameField(from, to string) {
	for i, e := range r.Page.Errors {
		if e.Field == from {
			r.Page.Errors[i].Field = to
		}
	}
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

// Redirect goes on to a path of our own by GET: see [paths.Own]. The form, if one was sent, has been accepted.
//
// A form on the way to a partner goes on by a page of its own: Chromium holds all redirects that follow a form against
// form-action, and a partner may send the browser on to wherever it likes.
func (r *Request) Redirect(path string) {
	if r.IsPost() {
		r.accepted()
		if paths.MayLeave(path) {
			path = paths.WithNext(paths.Onward, path)
		}
	}
	r.see(path)
}

// see has the browser ask for another page.
func (r *Request) see(path string) {
	r.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(r.w, r.Request, path, http.StatusSeeOther) //nolint:gosec // paths of our own: see [paths.Own]
}

// fail answers what a handler could not: sign in again, prove it again, send it again, or the error page. What was typed
// is kept wherever sending it again can help.
func (r *Request) fail(err error) {
	e, ok := errs.As(err)
	if !ok {
		e = errs.Wrap(err, errorsv1.Reason_INTERNAL, "internal error")
	}
	switch {
	case e.Reason == errorsv1.Reason_REAUTHENTICATION_REQUIRED:
		r.see(paths.WithNext(paths.Reauthenticate, r.later("kept.proof")))
	case needsProof(e):
		next := r.later("kept.session")
		r.ClearSession()
		r.see(paths.WithNext(paths.SignIn, next))
	case r.sendAgain(e):
	default:
		r.site.Log.Warn("page failed", "route", r.Pattern, "error", err, "request_id", r.Page.RequestID)
		r.renderFailure(e.HTTPStatus(), e.Reason, i18n.Params(e))
	}
}

// later is the address where the page is gone on with, with the form that was sent.
func (r *Request) later(note string) string {
	if r.IsPost() {
		uri, err := r.keep(note)
		if err == nil {
			return uri
		}
		r.site.Log.Warn("what was typed could not be kept", "route", r.Pattern, "error", err)
	}
	return r.URL.RequestURI()
}

// sendAgain keeps a form that failed through no fault of its own; false: it cannot help.
func (r *Request) sendAgain(e *errs.Error) bool {
	if !r.IsPost() {
		return false
	}
	switch e.Reason {
	case errorsv1.Reason_CSRF_FAILED:
		return r.site.csrf.Ours(r.Request) && r.answerByGet("kept.stale")
	case errorsv1.Reason_UNAVAILABLE, errorsv1.Reason_OVERLOADED, errorsv1.Reason_DEADLINE_EXCEEDED, errorsv1.Reason_INTERNAL,
		errorsv1.Reason_IDEMPOTENCY_KEY_REUSED, errorsv1.Reason_RATE_LIMITED:
		r.site.Log.Warn("form failed", "route", r.Pattern, "error", e, "request_id", r.Page.RequestID)
		r.Page.Errors = append(r.Page.Errors, components.Problems(e, "")...)
		return r.answerByGet("")
	default:
		return false
	}
}

func (r *Request) renderFailure(status int, reason errs.Reason, params map[string]string) {
	if err := r.write(status, r.site.failure(r, reason, params)); err != nil {
		http.Error(r.w, "internal error", http.StatusInternalServerError)
	}
}
