package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// RefreshCommand is a refresh token as a client presents it, and which of the granted scopes it requests.
type RefreshCommand struct{ Token, Scope string }

// Refresh issues the next tokens of a grant. A request that cannot succeed is refused before the token is rotated, so
// that an honest client can try again with it.
func (a *App) Refresh(ctx context.Context, client domain.Client, cmd RefreshCommand) (Tokens, error) {
	id, generation, ok := a.readRefreshToken(cmd.Token, client.ID)
	if !ok {
		return Tokens{}, domain.ErrGrant()
	}
	grant, found, err := a.Store.Grant(ctx, id)
	if err != nil {
		return Tokens{}, err
	}
	if !found || grant.ClientID != client.ID {
		return Tokens{}, domain.ErrGrant()
	}
	scopes, err := domain.Narrow(grant.Scopes, cmd.Scope)
	if err != nil {
		return Tokens{}, err
	}
	if err := a.checkSession(ctx, grant); err != nil {
		return Tokens{}, err
	}
	now := a.Now()
	if grant.Generation, err = a.rotate(ctx, grant, generation, now); err != nil {
		return Tokens{}, err
	}
	return a.issue(client, grant, scopes, "", now)
}

// checkSession refuses a grant without offline access whose session has ended.
func (a *App) checkSession(ctx context.Context, g domain.Grant) error {
	if g.Offline {
		return nil
	}
	session, err := a.session(ctx, g.SessionID)
	if err == nil && session == nil {
		return domain.ErrGrant()
	}
	return err
}

// rotate returns the generation of the successor. The normal case is one statement; only when it changes nothing is the
// grant locked, with the lock that a revocation takes too, and checked for reuse.
func (a *App) rotate(ctx context.Context, g domain.Grant, generation int64, now time.Time) (next int64, err error) {
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		next, refusal = generation+1, nil
		rotated, err := tx.Rotate(ctx, g.ID, generation, now)
		if err != nil {
			return err
		}
		if rotated {
			return tx.Emit(ctx, g.ID.String(), &eventsv1.TokenRefreshed{
				GrantId: g.ID.String(), AccountId: g.AccountID.String(), ClientId: g.ClientID,
			})
		}
		refusal, err = a.checkReuse(ctx, tx, g, generation, now)
		return err
	})
	if err != nil {
		return 0, err
	}
	return next, refusal
}

// checkReuse says why a token was not rotated; no refusal when it was rotated within the grace period and gets the same
// successor. The refusal is separate from the error, since a revocation must be committed.
func (a *App) checkReuse(
	ctx context.Context, tx *store.Tx, g domain.Grant, generation int64, now time.Time,
) (refusal, err error) {
	locked, err := tx.LockGrant(ctx, g.ID)
	if err != nil {
		return nil, err
	}
	switch locked.RefreshStatus(generation, a.Lifetimes.Grace, now) {
	case domain.Replayed:
		return nil, nil
	case domain.Current:
		return nil, pg.ErrRetry
	case domain.Reused:
		if _, err := tx.Revoke(ctx, g.ID, now); err != nil {
			return nil, err
		}
		return domain.ErrGrant(), tx.Emit(ctx, g.ID.String(), revokedEvent(g, causeRefreshReuse))
	case domain.Expired:
	}
	return domain.ErrGrant(), nil
}
