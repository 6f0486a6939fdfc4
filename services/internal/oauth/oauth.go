// Package oauth is the form that refusals take where programs speak OAuth (RFC 6749 §5.2): oidc's own, and the gateway's
// on oidc's paths.
package oauth

import (
	"encoding/json"
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
)

// The error codes of what no protocol step has decided.
const (
	InvalidRequest         = "invalid_request"
	TemporarilyUnavailable = "temporarily_unavailable"
	ServerError            = "server_error"
)

// Error is the body of a refusal.
type Error struct {
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// WriteJSON answers with what nobody may keep (RFC 6749 §5.1).
func WriteJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(data) // a client that has disconnected needs no answer
}

// WriteRefusal answers with a refusal of ours in the protocol's words, and when to come again.
func WriteRefusal(w http.ResponseWriter, e *errs.Error) {
	e.SetRetryAfter(w.Header())
	body := Error{Code: codeOf(e.Kind), Description: e.Message}
	if e.Kind == errs.Internal {
		body.Description = ""
	}
	WriteJSON(w, e.HTTPStatus(), body)
}

func codeOf(k errs.Kind) string {
	switch k {
	case errs.Internal:
		return ServerError
	case errs.Throttled, errs.Unavailable, errs.Deadline:
		return TemporarilyUnavailable
	default:
		return InvalidRequest
	}
}
