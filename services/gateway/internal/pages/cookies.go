package pages

import (
	"net/http"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// CookieLanguage remembers the language that the person chose.
const CookieLanguage = "lang"

const (
	cookieSession = "session"
	cookieCSRF    = "csrf"
	languageLife  = 365 * 24 * time.Hour
)

// cookieName adds the prefix that ties a cookie to this host and to https (RFC 6265bis §4.1.3.2).
func (p *Pages) cookieName(name string) string {
	if p.HTTPS {
		return "__Host-" + name
	}
	return name
}

func (p *Pages) setCookie(w http.ResponseWriter, name, value string, maxAge time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever browsers come by https
		Name: p.cookieName(name), Value: value, Path: "/", MaxAge: int(maxAge.Seconds()),
		Secure: p.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (p *Pages) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(p.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (p *Pages) sessionToken(r *http.Request) string { return p.cookie(r, cookieSession) }

// startSession gives the browser a new session's token. The CSRF token changes with it.
func (p *Pages) startSession(w http.ResponseWriter, s *accountv1.Session) {
	p.setCookie(w, cookieSession, s.GetToken(), s.GetExpireTime().AsTime().Sub(p.Now()))
	p.setCookie(w, cookieCSRF, "", -time.Second)
}

func (p *Pages) clearSession(w http.ResponseWriter) {
	p.setCookie(w, cookieSession, "", -time.Second)
}
