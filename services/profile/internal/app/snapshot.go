package app

import (
	"context"
	"math"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// Freeze submits the card and the passport; while they are submitted it gives the same snapshot.
func (a *App) Freeze(ctx context.Context, account uuid.UUID) (out domain.Snapshot, err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		card, err := tx.LockPerson(ctx, account)
		if err != nil {
			return err
		}
		if out, err = tx.Live(ctx, account); err != nil || out.State == profilev1.DataState_PENDING {
			return err
		}
		if out.State == profilev1.DataState_VERIFIED {
			return errs.New(errorsv1.Reason_ALREADY_VERIFIED, "the data is verified")
		}
		passport, err := passportOf(ctx, tx, account)
		if err != nil {
			return err
		}
		if card, err = a.canonical(ctx, tx, card); err != nil {
			return err
		}
		if err := domain.CheckComplete(card.Value, passport.Value, a.rules()); err != nil {
			return err
		}
		if out, err = tx.InsertSnapshot(ctx, card, passport, a.Now()); err != nil {
			return err
		}
		return tx.Emit(ctx, account.String(),
			&eventsv1.SnapshotFrozen{AccountId: account.String(), SnapshotId: out.ID.String()})
	})
	return out, err
}

// canonical is the card in the form that is submitted.
func (a *App) canonical(
	ctx context.Context, tx *store.Tx, card domain.Versioned[domain.Person],
) (domain.Versioned[domain.Person], error) {
	next, err := card.Value.Canonical()
	if err != nil || next == card.Value {
		return card, err
	}
	return tx.EditPerson(ctx, card.ID, next, a.Now())
}

// passportOf is the account's passport, empty when there is none.
func passportOf(ctx context.Context, tx *store.Tx, account uuid.UUID) (domain.Versioned[domain.Document], error) {
	list, err := tx.Documents(ctx, account, uuid.Nil, math.MaxInt32)
	for _, d := range list {
		if d.Value.Type == profilev1.DocumentType_RF_PASSPORT {
			return d, err
		}
	}
	return domain.Versioned[domain.Document]{}, err
}

// GetSnapshot is a snapshot that is pending or verified.
func (a *App) GetSnapshot(ctx context.Context, id uuid.UUID) (domain.Snapshot, error) {
	return a.Store.Snapshot(ctx, id)
}

// Verified notes that the registries know the snapshot, and for which of its fields they vouch: the card is locked for good.
func (a *App) Verified(ctx context.Context, id, account uuid.UUID, vouched []string) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first {
			return err
		}
		return tx.VerifySnapshot(ctx, id, account, vouched, a.Now())
	})
}

// Void gives the card back to the person for correction.
func (a *App) Void(ctx context.Context, id, account uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first {
			return err
		}
		return tx.VoidSnapshot(ctx, id, account, a.Now())
	})
}
