package web

import (
	"net/http"

	"github.com/propusk-id/propusk/pkg/rpc"
)

// logout sends the browser to the page that signs out.
func (h *handler) logout(w http.ResponseWriter, r *http.Request) {
	p, err := params(w, r)
	if err != nil {
		h.refusePerson(w, r, "", err)
		return
	}
	url, err := h.app.BeginLogout(r.Context(), p)
	if err != nil {
		h.refusePerson(w, r, p.Get("ui_locales"), err)
		return
	}
	redirect(w, url)
}

// logoutContinue sends the browser back to the partner after the sign-out.
func (h *handler) logoutContinue(w http.ResponseWriter, r *http.Request) {
	user, _ := rpc.UserOf(r.Context())
	departure, err := h.app.FinishLogout(r.Context(), r.URL.Query().Get("id"), user.SessionID)
	if err != nil {
		h.refusePerson(w, r, "", err)
		return
	}
	h.depart(w, departure)
}
