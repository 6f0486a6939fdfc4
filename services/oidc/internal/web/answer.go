package web

import (
	"errors"
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/internal/oauth"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
)

// refuse answers a client's program (RFC 6749 §5.2). A failure that is not the client's says so, and when to try again.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	requestlog.Refused(r.Context(), err)
	var refusal *domain.OAuthError
	if errors.As(err, &refusal) {
		oauth.WriteJSON(w, statusOf(refusal.Code), oauth.Error{Code: refusal.Code, Description: refusal.Description})
		return
	}
	e := errs.Refusal(err, pg.IsUnavailable)
	if e.Kind == errs.Internal {
		h.log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	}
	oauth.WriteRefusal(w, e)
}

// refusePerson answers a browser with a problem document, of which the gateway makes a page. It never redirects to the
// partner, whose identity or address is what is in doubt. Content-Language is the language that the partner requests.
func (h *handler) refusePerson(w http.ResponseWriter, r *http.Request, locales string, err error) {
	requestlog.Refused(r.Context(), err)
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
