package rest

import (
	"encoding/json"
	"net/http"
	"slices"
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
	told := *e
	told.Fields = inBody(r, e.Fields)
	p := Problem(&told, req.Language, r.URL.Path, req.ID)
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

// Problem is the document of a refusal of the request for a path, in a language.
func Problem(e *errs.Error, language, path, requestID string) errs.ProblemDocument {
	l := i18n.For(language)
	p := e.Document()
	p.Title, p.Detail = l.Reason(e.Reason, i18n.Params(e))
	p.Instance, p.RequestID = path, requestID
	for i, f := range e.Fields {
		p.Errors[i].Detail = l.FieldReason(f.Name, f.Reason, i18n.FieldParams(e, f))
	}
	return p
}

// inBody are the fields with pointers into the body: the field that is the whole of it is no part of them.
func inBody(r *http.Request, fields []errs.Field) []errs.Field {
	f, _ := r.Context().Value(foundKey{}).(*found)
	if f == nil || f.body == "" {
		return fields
	}
	out := slices.Clone(fields)
	for i := range out {
		if name, inside := strings.CutPrefix(out[i].Name, f.body+"."); inside && out[i].Pointer == "" {
			out[i].Pointer = errs.Pointer(name)
		}
	}
	return out
}

func refusal(err error) *errs.Error {
	if e, ok := errs.As(err); ok {
		return e
	}
	return errs.Wrap(err, errorsv1.Reason_INTERNAL, "internal error")
}

// Camel is a contract's name as JSON spells it: last_name becomes lastName.
func Camel(s string) string { return errs.JSONName(s) }
