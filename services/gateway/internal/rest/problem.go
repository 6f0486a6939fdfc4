package rest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
)

// WriteProblem answers with the problem document of an error, in the request's language.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	WriteRefusal(w, r, refusal(err))
}

// WriteRefusal is WriteProblem for a refusal.
func WriteRefusal(w http.ResponseWriter, r *http.Request, e *errs.Error) {
	req := rpc.RequestOf(r.Context())
	p := newProblem(e, i18n.For(req.Language), bodyOf(r.URL.Path))
	p.Instance, p.RequestID = r.URL.Path, req.ID
	h := w.Header()
	e.SetRetryAfter(h)
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(e))
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", req.Language)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	// Of the answer nothing more can be said when the caller has gone.
	_ = json.NewEncoder(w).Encode(p) //nolint:errchkjson // strings and numbers only
}

// challenge says how to sign in, and whether the token was at fault (RFC 6750 §3).
func challenge(e *errs.Error) string {
	if e.Reason == errorsv1.Reason_SESSION_ENDED {
		return `Bearer realm="propusk", error="invalid_token"`
	}
	return `Bearer realm="propusk"`
}

func newProblem(e *errs.Error, l *i18n.Localizer, body string) errs.ProblemDocument {
	p := e.Document()
	p.Title, p.Detail = l.Reason(e.Reason, i18n.Params(e))
	for i, f := range e.Fields {
		if f.Pointer == "" && f.Name != "" {
			p.Errors[i].Pointer = errs.Pointer(strings.TrimPrefix(f.Name, body))
		}
		p.Errors[i].Detail = l.FieldReason(f.Name, f.Reason, i18n.FieldParams(e, f))
	}
	return p
}

func refusal(err error) *errs.Error {
	if e, ok := errs.As(err); ok {
		return e
	}
	return errs.Wrap(err, errorsv1.Reason_INTERNAL, "internal error")
}

// bodyOf is the field that is the whole JSON body of a resource, so that its name is no part of a pointer.
func bodyOf(path string) string {
	for resource, field := range map[string]string{
		"/v1/me/person": "person.", "/v1/me/documents": "document.", "/v1/me/addresses": "address.",
	} {
		if strings.HasPrefix(path, resource) {
			return field
		}
	}
	return ""
}

// Camel is a contract's name as JSON spells it: last_name becomes lastName.
func Camel(s string) string { return errs.JSONName(s) }
