package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// Moved notes what the post says of a letter. Its news may come in any order: a letter never goes back.
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

// move takes a letter further on its way, if that is further.
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

// Expire notes the letters whose time is over; that they are follows from the time itself.
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
			if err := emitMoved(ctx, tx, id, account, domain.Expired); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func emitMoved(ctx context.Context, tx *store.Tx, id, account uuid.UUID, to domain.State) error {
	return tx.Emit(ctx, id.String(), &eventsv1.LetterMoved{
		LetterOrderId: id.String(), AccountId: account.String(), State: string(to),
	})
}
