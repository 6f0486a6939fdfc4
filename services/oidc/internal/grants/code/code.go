// Package code redeems authorization codes (RFC 6749 §4.1.3).
package code

import (
	"context"
	"net/url"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/grants"
)

// Kind is the kind of grant.
type Kind struct{ App *app.App }

// Type is authorization_code.
func (Kind) Type() string { return domain.GrantCode }

// Parse reads the code and what it is bound to.
func (k Kind) Parse(p url.Values) (grants.Check, error) {
	cmd := app.RedeemCommand{
		Code: p.Get("code"), RedirectURI: p.Get("redirect_uri"), Verifier: p.Get("code_verifier"), Resources: p["resource"],
	}
	return func(ctx context.Context, c domain.Client) (app.Basis, error) { return k.App.Redeem(ctx, c, cmd) }, nil
}
