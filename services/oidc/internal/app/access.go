package app

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// access is the content of a verified access token.
type access struct {
	subject string
	client  string
	scope   string
	grant   uuid.UUID
}

type accessClaims struct {
	jwt.RegisteredClaims
	Scope  string `json:"scope"`
	Client string `json:"client_id"`
	Grant  string `json:"grant"`
}

// checkAccess verifies an access token; a signature that was verified once is not computed again.
func (a *App) checkAccess(token string, now time.Time) (access, error) {
	key := string(secret.HashToken(token))
	known, mark, ok := a.accessTokens.get(key, now)
	if ok {
		return known, nil
	}
	var c accessClaims
	err := a.KeySet.Check(token, typeAccess, &c, jwt.WithIssuer(a.Issuer), jwt.WithAudience(a.Issuer+PathUserinfo),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil {
		return access{}, domain.ErrToken()
	}
	grant, err := uuid.Parse(c.Grant)
	if err != nil {
		return access{}, domain.ErrToken()
	}
	out := access{subject: c.Subject, client: c.Client, scope: c.Scope, grant: grant}
	a.accessTokens.put(key, out, c.ExpiresAt.Time, mark)
	return out, nil
}

// TokenGrant names the grant that an access token was issued under, live or not; false: it is no token of ours.
func (a *App) TokenGrant(token string) (string, bool) {
	known, err := a.checkAccess(token, a.Now())
	return known.grant.String(), err == nil
}
