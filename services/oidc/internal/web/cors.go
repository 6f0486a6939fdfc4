package web

import "net/http"

// cors lets the browser applications of public clients call an endpoint from the origins of their redirect URIs. No
// credentials: these endpoints use no cookies.
func (h *handler) cors(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); origin != "" {
			known, err := h.originKnown(r, origin)
			if err != nil {
				h.refuse(w, r, err)
				return
			}
			if known {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
			}
		}
		next(w, r)
	}
}

// originKnown looks an origin up, within what the address may have looked up: anybody can make them up.
func (h *handler) originKnown(r *http.Request, origin string) (bool, error) {
	if !h.app.RemembersOrigin(origin) {
		if err := h.limits.lookUp(r.Context()); err != nil {
			return false, err
		}
	}
	return h.app.OriginKnown(r.Context(), origin)
}

// preflight answers a CORS preflight request.
func preflight(w http.ResponseWriter, _ *http.Request) {
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		w.Header().Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
}
