// Package responsemode sends a browser back to the partner with an answer. Each mode is a [Mode]; to add one is to add a file here,
// an entry to the list, and its name to [domain.ResponseModes].
package responsemode

import (
	"net/http"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Mode is a way in which an answer travels.
type Mode interface {
	Name() string
	Send(w http.ResponseWriter, a app.Answer)
}

// Registry is the modes that there are.
type Registry []Mode

// New is all of them.
func New() Registry { return Registry{query{}, newFormPost()} }

// Send sends the answer by the mode that the partner asked for, else in the query.
func (r Registry) Send(w http.ResponseWriter, a app.Answer) {
	for _, m := range r {
		if m.Name() == a.Mode {
			m.Send(w, a)
			return
		}
	}
	query{}.Send(w, a)
}

// query has the answer in the address.
type query struct{}

func (query) Name() string { return domain.ModeQuery }

// Send redirects, always by 303: a POST's body must not be forwarded (RFC 9700 §4.12).
func (query) Send(w http.ResponseWriter, a app.Answer) {
	w.Header().Set("Location", domain.WithParams(a.Address, a.Params))
	w.WriteHeader(http.StatusSeeOther)
}
