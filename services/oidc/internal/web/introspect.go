package web

import (
	"net/http"

	"github.com/propusk-id/propusk/services/internal/oauth"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// introspect tells a client what a token is (RFC 7662).
func (h *handler) introspect(w http.ResponseWriter, r *http.Request) {
	client, p, err := h.caller(w, r)
	if err == nil && client.Public() {
		err = &domain.OAuthError{Code: domain.InvalidClient, Description: "a public client may not introspect: anybody could"}
	}
	if err == nil && p.Get("token") == "" {
		err = invalidRequest("token is missing")
	}
	if err != nil {
		h.refuseClient(w, r, err)
		return
	}
	answer, err := h.app.Introspect(r.Context(), client, p.Get("token"))
	if err != nil {
		h.refuseClient(w, r, err)
		return
	}
	oauth.WriteJSON(w, http.StatusOK, answer)
}

// revoke ends what a token was issued under (RFC 7009). A token that is none is as good as revoked (§2.2).
func (h *handler) revoke(w http.ResponseWriter, r *http.Request) {
	client, p, err := h.caller(w, r)
	if err == nil && p.Get("token") == "" {
		err = invalidRequest("token is missing")
	}
	if err == nil {
		err = h.app.RevokeToken(r.Context(), client, p.Get("token"))
	}
	if err != nil {
		h.refuseClient(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}
