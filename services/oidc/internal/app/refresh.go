package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// RefreshCommand is a refresh token as a client presents it, and which of the granted scopes and resources it requests.
type RefreshCommand struct {
	Token, Scope string
	Resources    []string
}

// Refresh finds what the next tokens of a grant rest on, and rotates the token. A request that cannot succeed is refused before the token is rotated, so
// that an honest client can try again with it.
func (a *App) Refresh(ctx context.Context, client domain.Client, cmd RefreshCommand) (Basis, error) {
	id, generation, ok := a.readRefreshToken(cmd.Token, client.ID)
	if !ok {
		requestlog.Because(ctx, "refresh_token_unknown")
		return Basis{}, domain.ErrGrant()
	}
	grant, found, err := a.knownGrant(ctx, id)
	if err != nil {
		return Basis{}, err
	}
	if !found || grant.ClientID != client.ID {
		requestlog.Because(ctx, "refresh_token_unknown")
		return Basis{}, domain.ErrGrant()
	}
	scopes, err := domain.Narrow(client.StillAllowed(grant.Scopes), cmd.Scope)
	if err != nil {
		return Basis{}, err
	}
	resources, err := narrowResources(client, grant.Resources, cmd.Resources)
	if err != nil {
		return Basis{}, err
	}
	if grant.Language, err = a.checkSession(ctx, grant); err != nil {
		return Basis{}, err
	}
	now := a.Now()
	grant.Generation = generation
	if grant.Generation, err = a.rotate(ctx, grant, now); err != nil {
		return Basis{}, err
	}
	return Basis{Grant: &grant, Scopes: scopes, Resources: resources}, nil
}

// knownGrant finds what never changes of a grant. Whether it lives, and its generation, its row says to the statement that
// rotates.
func (a *App) knownGrant(ctx context.Context, id uuid.UUID) (domain.Grant, bool, error) {
	g, mark, ok := a.grants.get(id, a.Now())
	if ok {
		return g, true, nil
	}
	g, found, err := a.Store.Grant(ctx, id)
	if err == nil && found {
		a.grants.put(id, g, g.ExpireTime, mark)
	}
	return g, found, err
}

// checkSession refuses a grant without offline access whose session has ended, and tells the person's language, unless it
// cannot be known.
func (a *App) checkSession(ctx context.Context, g domain.Grant) (language string, err error) {
	if g.Offline {
		return "", nil
	}
	session, err := a.session(ctx, g.SessionID)
	if err != nil {
		return "", err
	}
	if session == nil {
		requestlog.Because(ctx, "session_ended")
		return "", domain.ErrGrant()
	}
	return session.Language, nil
}

// rotate returns the generation after the grant's. The normal case is one statement; only when it changes nothing is the
// grant locked, with the lock that a revocation takes too, and checked for reuse.
func (a *App) rotate(ctx context.Context, g domain.Grant, now time.Time) (next int64, err error) {
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		next, refusal = g.Generation+1, nil
		rotated, err := tx.Rotate(ctx, g, a.Lifetimes.Grace, now)
		if err != nil {
			return err
		}
		if rotated {
			return tx.Emit(ctx, g.ID.String(), &eventsv1.TokenRefreshed{
				GrantId: g.ID.String(), AccountId: g.AccountID.String(), ClientId: g.ClientID,
			})
		}
		next, refusal, err = a.checkReuse(ctx, tx, g, now)
		return err
	})
	if err != nil {
		return 0, err
	}
	return next, refusal
}

// checkReuse says why a token was not rotated; no refusal when it was superseded within the grace period: then it gets the
// present token. The refusal is separate from the error, since a revocation must be committed.
func (a *App) checkReuse(ctx context.Context, tx *store.Tx, g domain.Grant, now time.Time) (present int64, refusal, err error) {
	locked, found, err := tx.LockGrant(ctx, g.ID)
	if err != nil || !found {
		return 0, domain.ErrGrant(), err
	}
	switch locked.RefreshStatus(g.Generation, a.Lifetimes.Grace, now) {
	case domain.Replayed:
		return locked.Generation, nil, nil
	case domain.Current:
		return 0, nil, pg.ErrRetry
	case domain.Reused:
		requestlog.Because(ctx, "refresh_token_reused")
		if _, err := tx.Revoke(ctx, g.ID, now); err != nil {
			return 0, nil, err
		}
		return 0, domain.ErrGrant(), tx.Emit(ctx, g.ID.String(), revokedEvent(g, causeRefreshReuse))
	case domain.Expired:
		requestlog.Because(ctx, "refresh_token_expired")
	}
	return 0, domain.ErrGrant(), nil
}
