package web

import (
	"net/http"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
)

// cookies identify the browser that began an interaction. Each interaction has its own, so that two tabs do not
// interfere.
type cookies struct{ secure bool }

// name is part of the contract with the pages: see GetInteractionRequest.browser.
func (c cookies) name(interactionID string) string {
	name := "interaction-" + interactionID
	if c.secure {
		return "__Host-" + name
	}
	return name
}

func (c cookies) set(w http.ResponseWriter, interactionID string, value secret.String, life time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure whenever PUBLIC_URL is https
		Name: c.name(interactionID), Value: value.Reveal(), Path: "/", MaxAge: int(life.Seconds()),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (c cookies) get(r *http.Request, interactionID string) string {
	cookie, err := r.Cookie(c.name(interactionID))
	if err != nil {
		return ""
	}
	return cookie.Value
}
