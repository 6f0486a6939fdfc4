package pages

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// ShowRefusal makes a page of what a service behind us refused a browser. Content-Language is its wish, as a partner's
// ui_locales.
func (p *Pages) ShowRefusal(w http.ResponseWriter, r *http.Request, e *errs.Error) {
	v := p.newVisit(w, r)
	v.suggestLanguage(w.Header().Get("Content-Language"))
	v.status = e.HTTPStatus()
	if err := v.show(view.Error{Page: v.page, Reason: e.Reason, Params: i18n.Params(e)}); err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}
