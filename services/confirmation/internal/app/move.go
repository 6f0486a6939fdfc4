package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// Moved records what the post reports about a letter. Its events may arrive in any order: a letter never moves back.
func (a *App) Moved(ctx context.Context, letterID string, to domain.State) error {
	id, err := uuid.Parse(letterID)
	if err != nil {
		return nil // not one of ours
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.Once(ctx); !first || err != nil {
			return err
		}
		if err := move(ctx, tx, id, to); !errs.Is(err, errorsv1.Reason_LETTER_NOT_FOUND) {
			return err
		}
		return nil
	})
}

// move moves a letter to a state further on its way; any other move has no effect.
func move(ctx context.Context, tx *store.Tx, id uuid.UUID, to domain.State) error {
	l, err := tx.LockLetter(ctx, id)
	if err != nil || !domain.CanMove(l.State, to) {
		return err
	}
	if err := tx.SetState(ctx, id, to); err != nil {
		return err
	}
	return emitMoved(ctx, tx, id, l.AccountID, to)
}

// Expire marks the letters whose time is over. They are worthless from that instant, marked or not.
func (a *App) Expire(ctx context.Context) error {
	for {
		n, err := a.expireSome(ctx, a.Now())
		if n == 0 || err != nil {
			return err
		}
	}
}

func (a *App) expireSome(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		expired, err := tx.ExpireLetters(ctx, now)
		if err != nil {
			return err
		}
		n = len(expired)
		for id, account := range expired {
			if err := emitMoved(ctx, tx, id, account, confirmationv1.LetterState_LETTER_EXPIRED); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func emitMoved(ctx context.Context, tx *store.Tx, id, account uuid.UUID, to domain.State) error {
	return tx.Emit(ctx, id.String(), &eventsv1.LetterMoved{
		LetterOrderId: id.String(), AccountId: account.String(), State: to.String(),
	})
}
