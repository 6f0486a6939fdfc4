// Package clientcredentials gives a client tokens for itself (RFC 6749 §4.4): no person, no session and nothing stored.
package clientcredentials

import (
	"context"
	"net/url"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/grants"
)

// Kind is the kind of grant.
type Kind struct{}

// Type is client_credentials.
func (Kind) Type() string { return domain.GrantClientCredentials }

// Parse refuses scopes: all that there are give a person's data.
func (Kind) Parse(p url.Values) (grants.Check, error) {
	if p.Get("scope") != "" {
		return nil, &domain.OAuthError{
			Code: domain.InvalidScope, Description: "scopes give people's data, and there is no person: ask for a resource instead",
		}
	}
	return func(_ context.Context, c domain.Client) (app.Basis, error) {
		resources, refusal := c.Resources(p["resource"])
		if refusal != nil {
			return app.Basis{}, refusal
		}
		if len(resources) == 0 {
			resources = c.Audiences
		}
		return app.Basis{Resources: resources}, nil
	}, nil
}
