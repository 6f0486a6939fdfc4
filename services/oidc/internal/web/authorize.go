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
		h.makeRoom(w, r)
		h.cookies.Set(w, cookies.Interaction(started.InteractionID), started.Browser.Reveal(), started.Life)
	}
	redirect(w, started.URL)
}

// makeRoom has the browser give up the oldest of its sign-ins: more cookies than a proxy takes would keep it out.
func (h *handler) makeRoom(w http.ResponseWriter, r *http.Request) {
	for _, old := range h.cookies.OldInteractions(r) {
		h.cookies.Clear(w, cookies.Interaction(old.ID))
		if err := h.app.Abandon(r.Context(), old.ID, old.Value); err != nil {
			h.log.WarnContext(r.Context(), "a sign-in is given up late, when it expires", "error", err)
		}
	}
}

// continueToPartner answers the partner once the interaction is decided. The cookie has done its work: a browser that
// loses the answer has it still, and asks again.
func (h *handler) continueToPartner(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id := q.Get("interaction")
	url, err := h.app.Continue(r.Context(), id, q.Get("ticket"), h.cookies.Get(r, cookies.Interaction(id)))
	if err != nil {
		h.refusePerson(w, r, "", err)
		return
	}
	h.cookies.Clear(w, cookies.Interaction(id))
	redirect(w, url)
}
