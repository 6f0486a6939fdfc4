package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/jose"
)

// The types of tokens, which keep one from being accepted as the other.
const (
	typeID     = "JWT"
	typeAccess = "at+jwt" // RFC 9068
)

// Tokens are the answer of the token endpoint.
type Tokens struct {
	Access, ID, Refresh secret.String
	Life                time.Duration
	Scopes              []string
}

// Basis is what tokens rest on.
type Basis struct {
	// Grant is what a person has agreed to; nil: there is no person, and the client asks for itself.
	Grant  *domain.Grant
	Scopes []string
	// Nonce is the request's.
	Nonce string
	// Resources are what the access token is for; none: userinfo.
	Resources []string
	// IDClaims are claims that the ID token is to have, besides those that the client always gets there.
	IDClaims []string
}

// Issue makes tokens. Nothing is stored: the access token names its grant, the refresh token is derived.
func (a *App) Issue(ctx context.Context, c domain.Client, b Basis) (Tokens, error) {
	now := a.Now()
	access, err := a.KeySet.Sign(domain.ES256, typeAccess, a.accessClaims(c, b, now), now)
	if err != nil {
		return Tokens{}, err
	}
	out := Tokens{Access: secret.New(access), Life: a.Lifetimes.AccessToken, Scopes: b.Scopes}
	if b.Grant == nil {
		return out, nil
	}
	claims, err := a.idClaims(ctx, c, b, access, now)
	if err != nil {
		return Tokens{}, err
	}
	id, err := a.signID(ctx, c, claims, now)
	if err != nil {
		return Tokens{}, err
	}
	out.ID = secret.New(id)
	if c.MayUse(domain.GrantRefresh) {
		out.Refresh = a.refreshToken(*b.Grant)
	}
	return out, nil
}

// accessClaims follow RFC 9068. Unless the client asks for resources the audience is the userinfo endpoint alone, so that no client
// accepts the token as a sign-in.
func (a *App) accessClaims(c domain.Client, b Basis, now time.Time) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss": a.Issuer, "sub": c.ID, "aud": a.audience(b), "client_id": c.ID, "jti": secret.NewRandomID(),
		"iat": now.Unix(), "exp": now.Add(a.Lifetimes.AccessToken).Unix(),
	}
	g := b.Grant
	if g == nil {
		return claims
	}
	claims["sub"], claims["scope"] = a.subject(c, g.AccountID.String()), strings.Join(b.Scopes, " ")
	claims["grant"], claims["sid"] = g.ID.String(), a.sid(c.ID, g.SessionID)
	claims["acr"], claims["auth_time"] = g.ACR, g.AuthTime.Unix()
	return claims
}

// audience is one text where there is one.
func (a *App) audience(b Basis) any {
	switch {
	case len(b.Resources) > 1:
		return b.Resources
	case len(b.Resources) == 1:
		return b.Resources[0]
	case b.Grant == nil:
		return a.Issuer
	}
	return a.Issuer + PathUserinfo
}

// narrowResources are those of the granted resources that are asked for; all, if none is. The client must still be allowed to have
// them: its settings may have changed since.
func narrowResources(c domain.Client, granted, asked []string) ([]string, error) {
	if _, refusal := c.Resources(granted); refusal != nil {
		return nil, refusal
	}
	for _, r := range asked {
		if !slices.Contains(granted, r) {
			return nil, &domain.OAuthError{Code: domain.InvalidTarget, Description: "a resource was not asked for when the person agreed"}
		}
	}
	if len(asked) == 0 {
		return granted, nil
	}
	out := slices.Clone(asked)
	slices.Sort(out)
	return slices.Compact(out), nil
}

// idClaims are those of OpenID Connect Core §2, and of the person what the client is to find there.
func (a *App) idClaims(ctx context.Context, c domain.Client, b Basis, access string, now time.Time) (jwt.MapClaims, error) {
	g := b.Grant
	claims, err := a.personInToken(ctx, c, b)
	if err != nil {
		return nil, err
	}
	for name, value := range (jwt.MapClaims{
		"iss": a.Issuer, "sub": a.subject(c, g.AccountID.String()), "aud": c.ID,
		"iat": now.Unix(), "exp": now.Add(a.Lifetimes.IDToken).Unix(),
		"auth_time": g.AuthTime.Unix(), "acr": g.ACR, "amr": g.AMR, "sid": a.sid(c.ID, g.SessionID),
		"at_hash": jose.AtHash(c.IDTokenAlg, access),
	}) {
		claims[name] = value
	}
	if b.Nonce != "" {
		claims["nonce"] = b.Nonce
	}
	return claims, nil
}

// personInToken are the claims of the person that the client has set, or has asked for by `claims`, to find in the ID token.
func (a *App) personInToken(ctx context.Context, c domain.Client, b Basis) (jwt.MapClaims, error) {
	out := jwt.MapClaims{}
	if !c.IDTokenClaims && len(b.IDClaims) == 0 {
		return out, nil
	}
	grant := *b.Grant
	var err error
	if grant.Limited, err = a.Store.Limited(ctx, grant.AccountID); err != nil { // remembered grants do not know
		return nil, err
	}
	all, err := a.personClaims(ctx, grant, b.Scopes)
	if err != nil {
		return nil, err
	}
	for name, value := range all {
		if c.IDTokenClaims || slices.Contains(b.IDClaims, strings.TrimSuffix(name, "_verified")) {
			out[name] = value
		}
	}
	return out, a.release(ctx, grant, Claims(out), a.Now())
}

// hint is the content of an ID token hint.
type hint struct {
	jwt.RegisteredClaims
	// Audience is one client: other ID tokens are never issued.
	Audience string `json:"aud"`
	SID      string `json:"sid"`
}

// GetAudience is the client.
func (h hint) GetAudience() (jwt.ClaimStrings, error) { return jwt.ClaimStrings{h.Audience}, nil }

// idTokenHint reads an ID token that this service issued, however long ago.
func (a *App) idTokenHint(token string) (hint, error) {
	var h hint
	if err := a.KeySet.Check(token, typeID, &h, jwt.WithoutClaimsValidation()); err != nil {
		return h, err
	}
	if h.Issuer != a.Issuer {
		return h, jwt.ErrTokenInvalidIssuer
	}
	return h, nil
}
