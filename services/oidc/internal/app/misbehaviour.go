package app

import (
	"context"
	"fmt"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/misbehaviour"
)

// SetMisbehaviour has the server misbehave for a client for a while; without kinds it behaves at once. Only a sandbox does, and only
// for clients that developers have made.
func (a *App) SetMisbehaviour(ctx context.Context, clientID string, kinds []string, life time.Duration) (domain.Misbehaviour, error) {
	if !a.Sandbox {
		return domain.Misbehaviour{}, errNoSandbox()
	}
	set, err := checkMisbehaviour(kinds, life)
	if err != nil {
		return domain.Misbehaviour{}, err
	}
	c, found, err := a.Store.Client(ctx, clientID)
	if err != nil {
		return domain.Misbehaviour{}, err
	}
	if err := mayChange(ctx, c, found); err != nil {
		return domain.Misbehaviour{}, err
	}
	if set.RotatesKeys() {
		if err := a.rotateAtOnce(ctx, c.IDTokenAlg); err != nil {
			return domain.Misbehaviour{}, err
		}
	}
	m := domain.Misbehaviour{Kinds: kinds, ExpireTime: a.Now().Add(life).Truncate(time.Microsecond)}
	defer a.misbehaviours.drop(clientID)
	if err := a.Store.PutMisbehaviour(ctx, clientID, m); err != nil {
		return domain.Misbehaviour{}, err
	}
	return m, nil
}

func checkMisbehaviour(kinds []string, life time.Duration) (misbehaviour.Set, error) {
	var wrong errs.Fields
	set, at, ok := misbehaviour.Of(kinds)
	if !ok {
		wrong.Add(fmt.Sprintf("kinds[%d]", at), errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if life < domain.MinMisbehaviour || life > domain.MaxMisbehaviour {
		wrong.Add("duration", errorsv1.Reason_FIELD_OUT_OF_RANGE)
	}
	return set, wrong.Err()
}

// Misbehaviour is how the server misbehaves for a client now.
func (a *App) Misbehaviour(ctx context.Context, clientID string) (domain.Misbehaviour, error) {
	if _, err := a.StoredClient(ctx, clientID); err != nil {
		return domain.Misbehaviour{}, err
	}
	m, err := a.Store.Misbehaviour(ctx, clientID)
	return m.At(a.Now()), err
}

// misbehaving are the kinds that are on for a client: none outside a sandbox.
func (a *App) misbehaving(ctx context.Context, clientID string) (misbehaviour.Set, error) {
	if !a.Sandbox {
		return nil, nil
	}
	now := a.Now()
	m, mark, ok := a.misbehaviours.get(clientID, now)
	if !ok {
		var err error
		if m, err = a.Store.Misbehaviour(ctx, clientID); err != nil {
			return nil, err
		}
		a.misbehaviours.put(clientID, m, now.Add(clientAge), mark)
	}
	set, _, _ := misbehaviour.Of(m.At(now).Kinds) // one that this version does not know does nothing
	return set, nil
}
