package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/jose"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

const (
	// keepGrants is how long an expired grant is kept, to recognise a reused code or token of it.
	keepGrants = 24 * time.Hour
	// keepSessions is longer than a code that was issued in an ended session can live.
	keepSessions = time.Hour
)

// Maintain makes keys that are due, loads those that other replicas made, and deletes what expired long ago.
func (a *App) Maintain(ctx context.Context) error {
	now := a.Now()
	if err := a.maintainKeys(ctx, now); err != nil {
		return err
	}
	return a.Store.Sweep(ctx, now.Add(-keepGrants), now.Add(-keepSessions))
}

func (a *App) maintainKeys(ctx context.Context, now time.Time) error {
	stored, err := a.Store.Keys(ctx)
	if err != nil {
		return err
	}
	wanted, err := a.Store.RotationRequested(ctx)
	if err != nil {
		return err
	}
	if len(a.dueKeys(stored, wanted, now)) > 0 {
		if stored, err = a.makeKeys(ctx, wanted, now); err != nil {
			return err
		}
	}
	return a.load(stored, now)
}

// dueKeys are when the keys that are due begin, by algorithm.
func (a *App) dueKeys(stored []store.Key, wanted, now time.Time) map[string]time.Time {
	due := map[string]time.Time{}
	for _, alg := range domain.SigningAlgs() {
		var times []domain.KeyTime
		for _, k := range stored {
			if k.Alg == alg {
				times = append(times, domain.KeyTime{ID: k.ID, NotBefore: k.NotBefore})
			}
		}
		if begin, ok := a.KeyPolicy.Next(times, wanted, now); ok {
			due[alg] = begin
		}
	}
	return due
}

// makeKeys locks the keys, makes those that are still due, and returns all.
func (a *App) makeKeys(ctx context.Context, wanted, now time.Time) (all []store.Key, err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, err = tx.LockKeys(ctx); err != nil {
			return err
		}
		for alg, begin := range a.dueKeys(all, wanted, now) {
			k, err := a.newKey(alg, begin)
			if err != nil {
				return err
			}
			if err := tx.InsertKey(ctx, k); err != nil {
				return err
			}
			all = append(all, k)
		}
		return nil
	})
	return all, err
}

func (a *App) newKey(alg string, begin time.Time) (store.Key, error) {
	k := store.Key{ID: secret.NewRandomID(), Alg: alg, NotBefore: begin}
	plain, err := jose.Generate(alg)
	if err != nil {
		return k, err
	}
	k.Sealed, err = a.Keys.Seal(plain, keyData(k.ID))
	return k, err
}

// load decrypts the keys and loads them into the key set.
func (a *App) load(stored []store.Key, now time.Time) error {
	keys := make([]jose.Key, 0, len(stored))
	for _, s := range stored {
		plain, err := a.Keys.Open(s.Sealed, keyData(s.ID))
		if err != nil {
			return err
		}
		k, err := jose.Parse(s.ID, s.Alg, plain, s.NotBefore)
		if err != nil {
			return err
		}
		keys = append(keys, k)
	}
	return a.KeySet.Load(keys, now)
}

func keyData(id string) secret.AssociatedData {
	return secret.AssociatedData{Table: "signing_keys", Row: id, Column: "private_key"}
}
