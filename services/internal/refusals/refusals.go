// Package refusals is how the gateway asks web for the page about a request that was refused before it came to a page:
// by the gateway itself, or by a service whose answers people see.
package refusals

import (
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
)

const (
	// Internal begins the paths of web that only the gateway may ask for; it forwards none of them.
	Internal = "/internal/"
	// Path takes a Refusal in JSON by POST and answers with its page.
	Path = Internal + "refusal"
)

// Refusal is what the page is about.
type Refusal struct {
	Reason string `json:"reason"`
	Status int    `json:"status"`
	// Params fill the reason's text: see i18n.Params.
	Params map[string]string `json:"params,omitempty"`
	// Language is what the partner wishes for people who have chosen none; empty: the request's.
	Language string `json:"language,omitempty"`
	// URI is the path and query that the browser asked for.
	URI string `json:"uri"`
}

// New describes an error at a URI.
func New(e *errs.Error, language, uri string) Refusal {
	return Refusal{Reason: e.Reason.String(), Status: e.HTTPStatus(), Params: i18n.Params(e), Language: language, URI: uri}
}

// ErrReason is the reason as the contract's enum.
func (r Refusal) ErrReason() errs.Reason { return errorsv1.Reason(errorsv1.Reason_value[r.Reason]) }
