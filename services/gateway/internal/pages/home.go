package pages

import (
	"net/http"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

func (p *Pages) home(v *visit) error {
	if v.session != nil {
		if err := p.greet(v); err != nil {
			return err
		}
	}
	return v.show(view.Home{Page: v.page})
}

func (p *Pages) helpLocked(v *visit) error { return v.show(view.HelpLocked{Page: v.page}) }

func (p *Pages) notFound(v *visit) error {
	v.status = http.StatusNotFound
	return v.show(view.NotFound{Page: v.page})
}

// language sets the language and returns to where the person was.
func (p *Pages) language(v *visit) error {
	q := v.r.URL.Query()
	lang := q.Get("lang")
	if lang != "ru" && lang != "en" {
		v.status = http.StatusBadRequest
		return v.show(view.Error{Page: v.page, Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE})
	}
	http.SetCookie(v.w, &http.Cookie{ //nolint:gosec // Secure wherever browsers come by https
		Name: CookieLanguage, Value: lang, Path: "/", MaxAge: int(languageLife.Seconds()),
		Secure: p.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	v.redirect(ownPath(q.Get("next"), view.PathHome))
	return nil
}
