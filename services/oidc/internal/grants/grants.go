// Package grants has what the kinds of grants share. The token endpoint goes through the same phases for all: it authenticates the
// client, has the kind parse the form, checks what the kind finds, and issues. A kind is a folder here; to add one is to add a folder
// and an entry to the list that the service makes.
package grants

import (
	"context"
	"net/url"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Kind is a kind of grant.
type Kind interface {
	// Type is its grant_type.
	Type() string
	// Parse reads its parameters.
	Parse(p url.Values) (Check, error)
}

// Check finds what tokens rest on, for a client that has authenticated and may use the kind. What is used up by it is used up once.
type Check func(ctx context.Context, c domain.Client) (app.Basis, error)

// Registry is the kinds that there are.
type Registry []Kind

// Types are the grant types, as discovery names them.
func (r Registry) Types() []string {
	out := make([]string, len(r))
	for i, k := range r {
		out[i] = k.Type()
	}
	return out
}

// Find is the kind of a request.
func (r Registry) Find(p url.Values) (Kind, error) {
	wanted := p.Get("grant_type")
	if wanted == "" {
		return nil, &domain.OAuthError{Code: domain.InvalidRequest, Description: "grant_type is missing"}
	}
	for _, k := range r {
		if k.Type() == wanted {
			return k, nil
		}
	}
	return nil, &domain.OAuthError{Code: domain.UnsupportedGrant, Description: "grant_type is none of those that discovery names"}
}
