package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// Introspection is what a token is (RFC 7662 §2.2).
type Introspection map[string]any

// inactive says nothing else, whatever the reason (§2.2): also of a token that is not for the caller.
func inactive() Introspection { return Introspection{"active": false} }

type tokenClaims struct {
	jwt.RegisteredClaims
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
	Grant    string `json:"grant"`
	ACR      string `json:"acr"`
	AuthTime int64  `json:"auth_time"`
}

// Introspect tells what a token is to whom it is for: to the client that it was issued to and to the resource that is its audience.
func (a *App) Introspect(ctx context.Context, caller domain.Client, token string) (Introspection, error) {
	now := a.Now()
	t, ok := a.readToken(token, now)
	if !ok {
		return a.introspectRefresh(ctx, caller, token, now)
	}
	audience := slices.ContainsFunc(t.Audience, func(aud string) bool { return slices.Contains(caller.Audiences, aud) })
	if t.ClientID != caller.ID && !audience {
		return inactive(), nil
	}
	if _, found, err := a.client(ctx, t.ClientID); err != nil || !found {
		return inactive(), err
	}
	out := Introspection{
		"active": true, "token_type": "Bearer", "iss": t.Issuer, "sub": t.Subject, "aud": t.Audience, "client_id": t.ClientID,
		"jti": t.ID, "iat": t.IssuedAt.Unix(), "exp": t.ExpiresAt.Unix(),
	}
	if t.Grant == "" {
		return out, nil
	}
	id, err := uuid.Parse(t.Grant)
	if err != nil {
		return inactive(), nil //nolint:nilerr // no token of ours
	}
	_, _, err = a.liveGrant(ctx, access{grant: id}, now)
	if refusal := (*domain.OAuthError)(nil); errors.As(err, &refusal) {
		return inactive(), nil
	}
	out["scope"], out["acr"], out["auth_time"] = t.Scope, t.ACR, t.AuthTime
	return out, err
}

// readToken verifies an access token, whatever its audience.
func (a *App) readToken(token string, now time.Time) (tokenClaims, bool) {
	var c tokenClaims
	err := a.KeySet.Check(token, typeAccess, &c, jwt.WithIssuer(a.Issuer), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return now }))
	return c, err == nil && c.IssuedAt != nil
}

func (a *App) introspectRefresh(ctx context.Context, caller domain.Client, token string, now time.Time) (Introspection, error) {
	id, generation, ok := a.readRefreshToken(token, caller.ID)
	if !ok {
		return inactive(), nil
	}
	g, found, err := a.Store.Grant(ctx, id)
	if err != nil || !found || g.ClientID != caller.ID || g.RefreshStatus(generation, a.Lifetimes.Grace, now) != domain.Current {
		return inactive(), err
	}
	return Introspection{
		"active": true, "client_id": caller.ID, "sub": a.subject(caller, g.AccountID.String()), "exp": g.ExpireTime.Unix(),
	}, nil
}

// RevokeToken revokes the grant of a client's access or refresh token, with the row's lock that a refresh takes too: of the two, one
// sees the other's work. What is another's, or nothing, is left alone.
func (a *App) RevokeToken(ctx context.Context, caller domain.Client, token string) error {
	now := a.Now()
	id, _, ok := a.readRefreshToken(token, caller.ID)
	if !ok {
		t, read := a.readToken(token, now)
		if !read || t.ClientID != caller.ID || t.Grant == "" {
			return nil
		}
		var err error
		if id, err = uuid.Parse(t.Grant); err != nil {
			return nil //nolint:nilerr // no token of ours
		}
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		g, found, err := tx.LockGrant(ctx, id)
		if err != nil || !found || g.ClientID != caller.ID {
			return err
		}
		revoked, err := tx.Revoke(ctx, id, now)
		if err != nil || !revoked {
			return err
		}
		return tx.Emit(ctx, id.String(), revokedEvent(g, causeRevoked))
	})
}
