package web

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // a client that has disconnected needs no answer
}

type oauthAnswer struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// refuse answers a client's program (RFC 6749 §5.2). A failure that is not the client's says so, and when to try again.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *domain.OAuthError
	if errors.As(err, &refusal) {
		writeJSON(w, statusOf(refusal.Code), oauthAnswer{refusal.Code, refusal.Description})
		return
	}
	e := errs.Refusal(err, pg.IsUnavailable)
	switch e.Kind {
	case errs.Invalid:
		writeJSON(w, http.StatusBadRequest, oauthAnswer{domain.InvalidRequest, e.Message})
	case errs.Unavailable, errs.Deadline:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(e.RetryAfter.Seconds(), 1)))))
		writeJSON(w, http.StatusServiceUnavailable, oauthAnswer{"temporarily_unavailable", e.Message})
	default:
		h.log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		writeJSON(w, http.StatusInternalServerError, oauthAnswer{Error: "server_error"})
	}
}

// refusePerson answers a browser with a problem document, of which the gateway makes a page. It never redirects to the
// partner, whose identity or address is what is in doubt. Content-Language is the language that the partner requests.
func (h *handler) refusePerson(w http.ResponseWriter, r *http.Request, locales string, err error) {
	e := errs.Refusal(err, pg.IsUnavailable)
	if e.Kind != errs.Internal {
		h.log.InfoContext(r.Context(), "request refused", "path", r.URL.Path, "reason", e.Reason.String(), "error", err)
	} else {
		h.log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	}
	if lang := domain.Language(locales); lang != "" {
		w.Header().Set("Content-Language", lang)
	}
	errs.WriteProblem(w, r, e)
}

func statusOf(code string) int {
	if code == domain.InvalidClient || code == domain.InvalidToken {
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}
