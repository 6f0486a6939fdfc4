package web

import (
	"net/http"

	"github.com/propusk-id/propusk/services/internal/cookies"
)

// authorize sends the browser back to the partner with the answer, or to the page of the interaction that it begins.
func (h *handler) authorize(w http.ResponseWriter, r *http.Request) {
	p, err := params(w, r)
	if err != nil {
		h.refusePerson(w, r, p.Get("ui_locales"), err)
		return
	}
	started, err := h.app.Authorize(r.Context(), p, r.Method == http.MethodPost)
	if err != nil {
		h.refusePerson(w, r, p.Get("ui_locales"), err)
		return
	}
	if started.InteractionID != "" {
		h.cookies.Set(w, cookies.Interaction(started.InteractionID), started.Browser.Reveal(), started.Life)
	}
	redirect(w, started.URL)
}

// continueToPartner answers the partner once the interaction is decided. The cookie stays until it expires, so that a
// browser that lost the answer can ask again.
func (h *handler) continueToPartner(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id := q.Get("interaction")
	url, err := h.app.Continue(r.Context(), id, q.Get("ticket"), h.cookies.Get(r, cookies.Interaction(id)))
	if err != nil {
		h.refusePerson(w, r, "", err)
		return
	}
	redirect(w, url)
}
