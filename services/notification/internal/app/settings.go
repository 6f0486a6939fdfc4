package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
)

// Settings are what a person has set.
func (a *App) Settings(ctx context.Context, account uuid.UUID) (domain.Settings, error) {
	return a.Store.Settings(ctx, account)
}

// UpdateSettings changes the kinds that are there, and gives all.
func (a *App) UpdateSettings(ctx context.Context, account uuid.UUID, change domain.Settings) (out domain.Settings, err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, kind := range domain.Switches() {
			channels, changed := change[kind]
			if !changed {
				continue
			}
			if err := tx.PutSetting(ctx, account, kind, channels); err != nil {
				return err
			}
		}
		out, err = tx.Settings(ctx, account)
		return err
	})
	return out, err
}
