// Package cookies is the installation's own cookies: web sets them, but for those of interactions, which oidc sets as it sends
// the browser there, and the test person's, which the sandbox sets. The gateway reads the session's and the language's.
package cookies

import (
	"net/http"
	"strings"
	"time"
)

// The cookies, as [Jar.Name] spells them in the end.
const (
	// Session holds the token of the browser's session. Only the gateway reads it.
	Session = "session"
	// CSRF holds what every form has to repeat.
	CSRF = "csrf"
	// Language remembers the language that the person chose.
	Language = "lang"
	// Persona is the test person whose data a sandbox fills in: the sandbox's pages set it, web reads it.
	Persona = "persona"
	// Device holds the token by which an account knows the browser again, whoever is signed in.
	Device = "device"
)

// Interaction is the cookie of the browser that began a partner's sign-in. Each sign-in has its own, so that two tabs do
// not interfere.
func Interaction(id string) string { return "interaction-" + id }

// Jar sets and reads cookies.
type Jar struct {
	// HTTPS says that browsers come by https: cookies are then secure and tied to this host.
	HTTPS bool
}

// Of are the cookies of the installation at a public URL.
func Of(publicURL string) Jar { return Jar{HTTPS: strings.HasPrefix(publicURL, "https://")} }

// Name adds the prefix that ties a cookie to this host and to https (RFC 6265bis §4.1.3.2). The language is no secret, and
// the sandbox's pages read it too.
func (j Jar) Name(name string) string {
	if j.HTTPS && name != Language {
		return "__Host-" + name
	}
	return name
}

// Set gives the browser a cookie; maxAge 0 keeps it as long as the browser is open, less removes it.
func (j Jar) Set(w http.ResponseWriter, name, value string, maxAge time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever browsers come by https
		Name: j.Name(name), Value: value, Path: "/", MaxAge: int(maxAge.Seconds()),
		Secure: j.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Clear removes a cookie from the browser.
func (j Jar) Clear(w http.ResponseWriter, name string) { j.Set(w, name, "", -time.Second) }

// Get is a cookie's value, empty when there is none.
func (j Jar) Get(r *http.Request, name string) string {
	c, err := r.Cookie(j.Name(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// Has says whether the browser sent a cookie, be it empty.
func (j Jar) Has(r *http.Request, name string) bool {
	_, err := r.Cookie(j.Name(name))
	return err == nil
}
