package app

import (
	"context"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	"github.com/propusk-id/propusk/services/registration/internal/store"
)

// purgeBatch is how many registrations one transaction ends.
const purgeBatch = 200

// PurgeJob ends sign-ups that nobody finished in time.
type PurgeJob struct{}

// Kind names the job.
func (PurgeJob) Kind() string { return "purge" }

// Purge ends the sign-ups that nobody finished in time, wiping the person's data, and deletes those that ended long ago.
func (a *App) Purge(ctx context.Context) error {
	for n := purgeBatch; n == purgeBatch; {
		var err error
		if n, err = a.expireBatch(ctx); err != nil {
			return err
		}
	}
	for n := int64(purgeBatch); n == purgeBatch; {
		var err error
		if n, err = a.Store.DeleteEnded(ctx, a.Now().Add(-a.Policy.KeepEnded), purgeBatch); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) expireBatch(ctx context.Context) (int, error) {
	var all int
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		expired, n, err := tx.ExpireUnfinished(ctx, a.Now(), purgeBatch)
		if err != nil {
			return err
		}
		all = n
		for _, r := range expired {
			event := &eventsv1.RegistrationExpired{RegistrationId: r.ID, AccountId: r.AccountID.String()}
			if err := tx.Emit(ctx, r.ID, event); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
