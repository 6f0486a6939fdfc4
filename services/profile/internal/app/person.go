package app

import (
	"context"

	"github.com/google/uuid"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// GetPerson is the card.
func (a *App) GetPerson(ctx context.Context, account uuid.UUID) (View[domain.Person], error) {
	row, err := a.Store.Card(ctx, account, domain.CardParts{Person: true})
	return personView(row.Person, row.Live), err
}

// UpdatePerson edits the card; an edit that changes nothing makes no new version.
func (a *App) UpdatePerson(ctx context.Context, cmd UpdateCommand) (View[domain.Person], error) {
	out := edited[domain.Person]()
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		card, err := a.editable(ctx, tx, cmd.Account)
		if err != nil {
			return err
		}
		if err := card.CheckMatch(cmd.IfMatch); err != nil {
			return err
		}
		out.Versioned = card
		next, err := card.Value.Apply(cmd.Edit, a.rules())
		if err != nil || next == card.Value {
			return err
		}
		if out.Versioned, err = tx.EditPerson(ctx, cmd.Account, next, a.Now()); err != nil {
			return err
		}
		return tx.Emit(ctx, cmd.Account.String(), &eventsv1.PersonChanged{AccountId: cmd.Account.String()})
	})
	return out, err
}

// editable locks the account's card and refuses while its identity data is submitted or verified.
func (a *App) editable(ctx context.Context, tx *store.Tx, account uuid.UUID) (domain.Versioned[domain.Person], error) {
	card, err := tx.LockPerson(ctx, account)
	if err != nil {
		return card, err
	}
	live, err := tx.Live(ctx, account)
	if err != nil {
		return card, err
	}
	return card, domain.CheckEditable(live.State)
}
