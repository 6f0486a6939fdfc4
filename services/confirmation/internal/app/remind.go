package app

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// Remind has the holder reminded of a letter, at most once, while its code can still be typed.
func (a *App) Remind(ctx context.Context, id uuid.UUID) error {
	now := a.Now()
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		l, err := tx.LockLetter(ctx, id)
		if err != nil || !l.Live(now) {
			return err
		}
		if first, err := tx.NoteReminder(ctx, id, now); !first || err != nil {
			return err
		}
		return tx.Emit(ctx, id.String(), &eventsv1.LetterReminderDue{
			LetterOrderId: id.String(), AccountId: l.AccountID.String(), CodeExpireTime: timestamppb.New(l.ExpireTime),
		})
	})
}
