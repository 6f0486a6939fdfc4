package pages

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// csrfToken is the browser's token, made at its first page. It lives as long as the browser does.
func (p *Pages) csrfToken(w http.ResponseWriter, r *http.Request) string {
	if token := p.cookie(r, cookieCSRF); token != "" {
		return token
	}
	token := secret.NewToken().Reveal()
	p.setCookie(w, cookieCSRF, token, 0)
	return token
}

// checkCSRF refuses a POST that another site caused: the form must hold the cookie's token (double submit, tied to
// the host by the cookie's prefix), and what the browser says of the origin must not contradict.
func (p *Pages) checkCSRF(v *visit) error {
	if !v.isPost() {
		return nil
	}
	cookie := p.cookie(v.r, cookieCSRF)
	if cookie == "" || !secret.Equal([]byte(cookie), []byte(v.r.PostFormValue(view.FieldCSRF))) || p.foreign(v.r) {
		return errs.New(errs.Denied, errorsv1.Reason_CSRF_FAILED, "the form was not made for this browser, or is too old")
	}
	return nil
}

func (p *Pages) foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site != "same-origin" && site != "none"
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "null" && origin != p.PublicURL
}
