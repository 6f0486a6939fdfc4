// Package app is what can be done with appeals.
package app

import (
	"context"

	appealeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/appeal/events/v1"
	appealv1 "github.com/propusk-id/propusk/proto/gen/propusk/appeal/v1"
	"github.com/propusk-id/propusk/services/appeal/internal/store"
	"github.com/propusk-id/propusk/services/appeal/internal/store/db"
)

// App is the use cases.
type App struct {
	Store       *store.Store
	LongestText int
}

// Put keeps an appeal and reports it, the first time.
func (a *App) Put(ctx context.Context, id, text string) error {
	text = text[:min(len(text), a.LongestText)]
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.InsertAppeal(ctx, db.InsertAppealParams{ID: id, Text: text})
		if err != nil || n == 0 {
			return err
		}
		return tx.Emit(ctx, id, &appealeventsv1.AppealMade{AppealId: id})
	})
}

// Get reads an appeal.
func (a *App) Get(ctx context.Context, id string) (*appealv1.Appeal, error) {
	row, err := a.Store.GetAppeal(ctx, id)
	if err != nil {
		return nil, err
	}
	return &appealv1.Appeal{AppealId: row.ID, Text: row.Text, Heard: row.Heard}, nil
}

// Heard notes that the appeal's event has arrived.
func (a *App) Heard(ctx context.Context, id string) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first || err != nil {
			return err
		}
		return tx.MarkHeard(ctx, id)
	})
}
