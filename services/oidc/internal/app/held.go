package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// HeldView is a request that waits, with the client that made it.
type HeldView struct {
	domain.HeldRequest
	Client domain.Client
}

// Hold keeps an interaction's request that waits for the level of the session's account. Whoever does not wait for it leaves
// nothing behind.
func (a *App) Hold(ctx context.Context, id, sessionID, browser string) error {
	now := a.Now()
	i, _, err := a.ownInteraction(ctx, id, browser, now)
	if err != nil {
		return err
	}
	if i.Outcome != nil {
		return errDecided()
	}
	session, err := a.session(ctx, sessionID)
	if err != nil {
		return err
	}
	view, err := a.view(ctx, i, session)
	if err != nil || !view.needs(oidcv1.Need_LEVEL) {
		return err
	}
	account, err := uuid.Parse(session.AccountID)
	if err != nil {
		return err
	}
	return a.Store.HoldRequest(ctx, domain.Hold(secret.NewID(), account, i.Request, now))
}

// Held are the requests that wait for an account's level, newest first, of clients that there still are.
func (a *App) Held(ctx context.Context, accountID string) ([]HeldView, error) {
	account, err := uuid.Parse(accountID)
	if err != nil {
		return nil, errNoHeld()
	}
	list, err := a.Store.HeldRequests(ctx, account, a.Now())
	if err != nil {
		return nil, err
	}
	out := make([]HeldView, 0, len(list))
	for _, h := range list {
		c, found, err := a.client(ctx, h.ClientID)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, HeldView{h, c})
		}
	}
	return out, nil
}

// DeleteHeld gives one up.
func (a *App) DeleteHeld(ctx context.Context, accountID, heldID string) error {
	account, accountErr := uuid.Parse(accountID)
	id, idErr := uuid.Parse(heldID)
	if accountErr != nil || idErr != nil {
		return errNoHeld()
	}
	deleted, err := a.Store.DeleteHeldRequest(ctx, account, id)
	if err == nil && !deleted {
		err = errNoHeld()
	}
	return err
}

func (a *App) endHeld(ctx context.Context, accountID, clientID string) error {
	account, err := uuid.Parse(accountID)
	if err != nil {
		return err
	}
	return a.Store.EndHeldRequest(ctx, account, clientID)
}

// Partner is a client as people see it.
func (a *App) Partner(ctx context.Context, clientID string) (domain.Client, error) {
	return a.knownClient(ctx, clientID)
}

func errNoHeld() error {
	return errs.New(errorsv1.Reason_NOT_FOUND, "no such request waits")
}
