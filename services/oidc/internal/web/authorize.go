package web

import (
	"net/http"

	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
)

// authorize sends the browser back to the partner with the answer, or to the page of the interaction that it begins.
func (h *handler) authorize(w http.ResponseWriter, r *http.Request) {
	p, err := params(w, r)
	if err != nil {
		h.refusePerson(w, r, p.Get("ui_locales"), err)
		return
	}
	old := h.cookies.OldInteractions(r)
	started, err := h.app.Authorize(r.Context(), app.AuthorizeCommand{Params: p, Posted: r.Method == http.MethodPost, Old: old})
	if err != nil {
		h.refusePerson(w, r, p.Get("ui_locales"), err)
		return
	}
	if started.InteractionID != "" {
		for _, c := range old {
			h.cookies.Clear(w, cookies.Interaction(c.ID))
		}
		h.cookies.Set(w, cookies.Interaction(started.InteractionID), started.Browser.Reveal(), cookies.InteractionLife)
	}
	if started.Answer != nil {
		requestlog.Answered(r.Context(), started.Answer.Params)
		h.modes.Send(w, *started.Answer)
		return
	}
	redirect(w, started.URL)
}

// continueToPartner answers the partner once the interaction is decided. The cookie stays: a browser that loses the answer
// asks again, and one that goes back or has a second tab is led on as before.
func (h *handler) continueToPartner(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id := q.Get("interaction")
	answer, err := h.app.Continue(r.Context(), id, q.Get("ticket"), h.cookies.Get(r, cookies.Interaction(id)))
	if err != nil {
		h.refusePerson(w, r, "", err)
		return
	}
	requestlog.Answered(r.Context(), answer.Params)
	h.modes.Send(w, *answer)
}
