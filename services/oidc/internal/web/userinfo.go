package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/propusk-id/propusk/services/internal/oauth"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// userinfo returns the claims of an access token in the header or, by POST, in the form (RFC 6750 §2.1, §2.2). One in
// the address is ignored.
func (h *handler) userinfo(w http.ResponseWriter, r *http.Request) {
	token, err := bearer(w, r)
	if tooMany := h.limits.token(r.Context(), token); tooMany != nil {
		h.refuse(w, r, tooMany)
		return
	}
	if err != nil {
		h.challenge(w, r, err)
		return
	}
	claims, err := h.app.Userinfo(r.Context(), token)
	if err != nil {
		h.challenge(w, r, err)
		return
	}
	if claims.JWT != "" {
		w.Header().Set("Content-Type", "application/jwt")
		_, _ = w.Write([]byte(claims.JWT)) // a client that has disconnected needs no answer
		return
	}
	oauth.WriteJSON(w, http.StatusOK, claims.Claims)
}

// errNoToken: nothing was tried, so the challenge names no error (RFC 6750 §3.1).
var errNoToken = errors.New("no token")

func bearer(w http.ResponseWriter, r *http.Request) (string, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	inHeader := strings.EqualFold(scheme, "Bearer")
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") == "" {
		if !inHeader {
			return "", errNoToken
		}
		return token, nil
	}
	p, err := form(w, r)
	switch {
	case err != nil && inHeader:
		return token, nil
	case err != nil:
		return "", errNoToken
	case inHeader && p.Has("access_token"):
		return "", invalidRequest("the token comes twice")
	case inHeader:
		return token, nil
	case len(p["access_token"]) == 1:
		return p.Get("access_token"), nil
	}
	return "", errNoToken
}

// challenge answers as RFC 6750 §3 says.
func (h *handler) challenge(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *domain.OAuthError
	switch {
	case errors.Is(err, errNoToken):
		w.Header().Set("WWW-Authenticate", `Bearer realm="propusk"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	case errors.As(err, &refusal):
		w.Header().Set("WWW-Authenticate",
			`Bearer realm="propusk", error="`+refusal.Code+`", error_description="`+refusal.Description+`"`)
	}
	h.refuse(w, r, err)
}
