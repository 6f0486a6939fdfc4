// Package refresh exchanges refresh tokens (RFC 6749 §6).
package refresh

import (
	"context"
	"net/url"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/grants"
)

// Kind is the kind of grant.
type Kind struct{ App *app.App }

// Type is refresh_token.
func (Kind) Type() string { return domain.GrantRefresh }

// Parse reads the token and what of its grant is asked for.
func (k Kind) Parse(p url.Values) (grants.Check, error) {
	cmd := app.RefreshCommand{Token: p.Get("refresh_token"), Scope: p.Get("scope"), Resources: p["resource"]}
	return func(ctx context.Context, c domain.Client) (app.Basis, error) { return k.App.Refresh(ctx, c, cmd) }, nil
}
