package app

import (
	"context"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/misbehaviour"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// signID signs an ID token as the client wants it, or as it wants to see it go wrong.
func (a *App) signID(ctx context.Context, c domain.Client, claims jwt.MapClaims, now time.Time) (string, error) {
	wrong, err := a.misbehaving(ctx, c.ID)
	if err != nil {
		return "", err
	}
	t := misbehaviour.IDToken{Alg: c.IDTokenAlg, Claims: claims, Now: now}
	wrong.IDToken(&t)
	token, err := a.KeySet.Sign(t.Alg, typeID, t.Claims, now)
	return wrong.Signed(token), err
}

// refuseOnDemand is the error with which the server answers a client's request for a sign-in where it is to; nil: it is not.
func (a *App) refuseOnDemand(ctx context.Context, clientID string) (*domain.OAuthError, error) {
	wrong, err := a.misbehaving(ctx, clientID)
	if err != nil || wrong.AuthorizeError() == "" {
		return nil, err
	}
	return &domain.OAuthError{Code: wrong.AuthorizeError(), Description: domain.OnDemand}, nil
}

// TokensOnDemand refuses tokens where it is to, as a client over its budget is.
func (a *App) TokensOnDemand(ctx context.Context, clientID string) error {
	wrong, err := a.misbehaving(ctx, clientID)
	if err != nil || wrong.TokenError() == "" {
		return err
	}
	return errs.New(errorsv1.Reason_RATE_LIMITED, domain.OnDemand).After(unavailableOnDemand)
}

// unavailableOnDemand is for how long a client is told to wait that rehearses it.
const unavailableOnDemand = 5 * time.Second

// rememberedMisbehaviour are the kinds that a step before has found to be on for a client.
func (a *App) rememberedMisbehaviour(clientID string) misbehaviour.Set {
	now := a.Now()
	m, _, _ := a.misbehaviours.get(clientID, now)
	set, _, _ := misbehaviour.Of(m.At(now).Kinds)
	return set
}

// userinfoOnDemand changes claims where they are to be wrong.
func (a *App) userinfoOnDemand(ctx context.Context, clientID string, claims Claims) error {
	wrong, err := a.misbehaving(ctx, clientID)
	wrong.Userinfo(claims)
	return err
}

// The bounds of keys that are made on demand: each stays in the published set for a day.
const (
	rotationsOnDemand = 10
	rotationsWithin   = 24 * time.Hour
)

// rotateAtOnce makes a key that signs from now on, although nobody has seen it published.
func (a *App) rotateAtOnce(ctx context.Context, alg string) error {
	now := a.Now()
	var all []store.Key
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if all, err = tx.LockKeys(ctx); err != nil {
			return err
		}
		recent := 0
		for _, k := range all {
			if k.Alg == alg && k.NotBefore.After(now.Add(-rotationsWithin)) {
				recent++
			}
		}
		if recent >= rotationsOnDemand {
			return errs.New(errorsv1.Reason_RATE_LIMITED, "the keys were rotated often enough today").After(time.Hour)
		}
		k, err := a.newKey(alg, now)
		if err != nil {
			return err
		}
		return tx.InsertKey(ctx, k)
	})
	if err != nil {
		return err
	}
	return a.maintainKeys(ctx, now)
}
