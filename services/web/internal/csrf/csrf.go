// Package csrf tells the forms of our own pages from those of other sites: a form has to hold the cookie's token (double
// submit, tied to the host by the cookie's prefix), and what the browser says of the origin must not contradict.
package csrf

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/web/internal/components"
)

// Tokens makes and checks tokens.
type Tokens struct {
	Cookies cookies.Jar
	// PublicURL is the origin that our own forms have.
	PublicURL string
}

// Token is the browser's token, made at its first page. It lives as long as the browser does.
func (t Tokens) Token(w http.ResponseWriter, r *http.Request) string {
	if token := t.Cookies.Get(r, cookies.CSRF); token != "" {
		return token
	}
	token := secret.NewToken().Reveal()
	t.Cookies.Set(w, cookies.CSRF, token, 0)
	return token
}

// Check refuses a POST that another site caused.
func (t Tokens) Check(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	cookie := t.Cookies.Get(r, cookies.CSRF)
	if cookie == "" || !secret.Equal([]byte(cookie), []byte(r.PostFormValue(components.FieldCSRF))) || t.foreign(r) {
		return errs.New(errorsv1.Reason_CSRF_FAILED, "the form was not made for this browser, or is too old")
	}
	return nil
}

// Ours says whether the browser vouches for it that a page of our own has sent the form.
func (t Tokens) Ours(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	return r.Header.Get("Origin") == t.PublicURL
}

func (t Tokens) foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site != "same-origin" && site != "none"
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "null" && origin != t.PublicURL
}
