package app

import (
	"context"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// revokedAtOnce is how many grants one transaction revokes: it holds their locks, and as many events are written.
const revokedAtOnce = 500

// DeleteClient removes a client. First it is disabled, so that it is issued nothing more; then what it was issued is revoked, some at
// a time; at last it goes. Whatever of this a crash interrupts, the same call once more completes.
func (a *App) DeleteClient(ctx context.Context, id string) error {
	_, err := a.ChangeClient(ctx, id, disable)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = a.revokeSome(ctx, id); err != nil {
			return err
		}
	}
	defer a.forgetClient(id)
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		deleted, err := tx.DeleteClient(ctx, id)
		if err != nil || !deleted {
			return err
		}
		return tx.Emit(ctx, id, &eventsv1.ClientDeleted{ClientId: id})
	})
}

func (a *App) revokeSome(ctx context.Context, id string) (more bool, err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		grants, err := tx.RevokeByClient(ctx, id, revokedAtOnce, a.Now())
		if err != nil {
			return err
		}
		more = len(grants) > 0
		return tellRevoked(ctx, tx, grants, causeClientDeleted)
	})
	return more, err
}
