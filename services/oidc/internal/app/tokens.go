package app

import (
	"context"
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

// issue makes tokens under a grant; nonce is the request's. Nothing is stored: the access token names its grant, the
// refresh token is derived.
func (a *App) issue(
	ctx context.Context, c domain.Client, g domain.Grant, scopes []string, nonce string, now time.Time,
) (Tokens, error) {
	access, err := a.KeySet.Sign(domain.ES256, typeAccess, a.accessClaims(c, g, scopes, now), now)
	if err != nil {
		return Tokens{}, err
	}
	id, err := a.signID(ctx, c, a.idClaims(c, g, nonce, access, now), now)
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{
		Access: secret.New(access), ID: secret.New(id), Refresh: a.refreshToken(g), Life: a.Lifetimes.AccessToken,
		Scopes: scopes,
	}, nil
}

// accessClaims follow RFC 9068; the audience is the userinfo endpoint alone, so that no client accepts the token as a
// sign-in.
func (a *App) accessClaims(c domain.Client, g domain.Grant, scopes []string, now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": a.Issuer, "sub": a.subject(c, g.AccountID.String()), "aud": a.Issuer + PathUserinfo,
		"client_id": c.ID, "scope": strings.Join(scopes, " "), "jti": secret.NewRandomID(), "grant": g.ID.String(),
		"sid": a.sid(c.ID, g.SessionID), "acr": g.ACR, "auth_time": g.AuthTime.Unix(),
		"iat": now.Unix(), "exp": now.Add(a.Lifetimes.AccessToken).Unix(),
	}
}

// idClaims are those of OpenID Connect Core §2.
func (a *App) idClaims(c domain.Client, g domain.Grant, nonce, access string, now time.Time) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss": a.Issuer, "sub": a.subject(c, g.AccountID.String()), "aud": c.ID,
		"iat": now.Unix(), "exp": now.Add(a.Lifetimes.IDToken).Unix(),
		"auth_time": g.AuthTime.Unix(), "acr": g.ACR, "amr": g.AMR, "sid": a.sid(c.ID, g.SessionID),
		"at_hash": jose.AtHash(access),
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	return claims
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
