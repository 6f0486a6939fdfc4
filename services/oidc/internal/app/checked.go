package app

import (
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// access is what a checked access token says.
type access struct {
	subject string
	scope   string
	grant   uuid.UUID
	expires time.Time
}

type accessClaims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
	Grant string `json:"grant"`
}

// checkAccess verifies an access token; a signature that was good once is not computed again.
func (a *App) checkAccess(token string, now time.Time) (access, error) {
	key := string(secret.HashToken(token))
	if known, ok := a.checked.get(key, now); ok {
		return known, nil
	}
	var c accessClaims
	err := a.Ring.Check(token, typeAccess, &c, jwt.WithIssuer(a.Issuer), jwt.WithAudience(a.Issuer+PathUserinfo),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil {
		return access{}, domain.ErrToken()
	}
	grant, err := uuid.Parse(c.Grant)
	if err != nil {
		return access{}, domain.ErrToken()
	}
	out := access{subject: c.Subject, scope: c.Scope, grant: grant, expires: c.ExpiresAt.Time}
	a.checked.put(key, out)
	return out, nil
}

// checkedTokens remembers good tokens, by their hash, while they last.
type checkedTokens struct {
	mu     sync.Mutex
	tokens map[string]access
}

// maxChecked bounds the memory: a few megabytes.
const maxChecked = 20_000

func (c *checkedTokens) get(key string, now time.Time) (access, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.tokens[key]
	return known, ok && now.Before(known.expires)
}

func (c *checkedTokens) put(key string, known access) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tokens == nil || len(c.tokens) >= maxChecked {
		c.tokens = map[string]access{} // a cache may forget
	}
	c.tokens[key] = known
}
