package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// RedeemCommand is a code as typed.
type RedeemCommand struct {
	AccountID uuid.UUID
	Code      secret.String
}

// Confirmed is the account's level and how it was reached.
type Confirmed struct {
	Level  accountv1.Level
	Method accountv1.Method
	Time   time.Time
}

// Redeem accepts a letter's code and waits until account has raised the level. The same code again, with or without an
// idempotency key, gets the same answer.
func (a *App) Redeem(
	ctx context.Context, cmd RedeemCommand, answered idempotency.Hook[Confirmed],
) (Confirmed, error) {
	code, err := readCode(cmd.Code.Reveal())
	if err != nil {
		return Confirmed{}, err
	}
	evidence, err := a.tryCode(ctx, cmd.AccountID, code)
	if err != nil {
		return Confirmed{}, err
	}
	return a.apply(ctx, evidence, answered)
}

// tryCode accepts the code or counts a wrong one; the count is committed before the refusal is returned. The holder is
// locked, so concurrent attempts of one account are serialised.
func (a *App) tryCode(ctx context.Context, account uuid.UUID, code string) (store.Confirmation, error) {
	now := a.Now()
	var evidence store.Confirmation
	var refusal error
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		recent, err := tx.LockHolder(ctx, account)
		if err != nil {
			return err
		}
		letters, err := tx.Letters(ctx, account, paging.Newest(), mostLetters)
		if err != nil {
			return err
		}
		found, matched := a.match(letters, code)
		if matched {
			var done bool
			if evidence, done, err = tx.ConfirmationOf(ctx, found.ID); done || err != nil {
				return err
			}
		}
		f := failuresOf(recent, letters, now)
		if refusal = a.Limits.Check(f.FailureCount, now); refusal != nil {
			return nil
		}
		switch {
		case matched && found.Live(now):
			evidence, err = a.accept(ctx, tx, found, now)
			return err
		case matched && found.StateAt(now) == confirmationv1.LetterState_LETTER_EXPIRED:
			refusal = errs.New(errorsv1.Reason_CONFIRMATION_CODE_EXPIRED, "the letter is too old")
			return nil
		}
		refusal, err = a.wrong(ctx, tx, account, f, now)
		return err
	})
	if err != nil {
		return evidence, err
	}
	return evidence, refusal
}

// mostLetters is more than the limits on ordering let have codes that are remembered.
const mostLetters = 100

// failures are an account's wrong codes and the live letter against which they count.
type failures struct {
	domain.FailureCount
	letter uuid.UUID
}

func failuresOf(recent []time.Time, letters []store.Letter, now time.Time) failures {
	f := failures{FailureCount: domain.FailureCount{Recent: recent}}
	for _, l := range letters {
		if l.Live(now) {
			f.HasLetter, f.LetterTries, f.letter = true, l.Tries, l.ID
			break
		}
	}
	return f
}

// wrong counts a wrong code. The refusal does not say whether it is, or was, somebody's.
func (a *App) wrong(ctx context.Context, tx *store.Tx, account uuid.UUID, f failures, now time.Time) (refusal, err error) {
	after := a.Limits.AfterWrong(f.FailureCount, now)
	if err := tx.SetTries(ctx, account, after.Recent); err != nil {
		return nil, err
	}
	if f.HasLetter {
		if err := tx.CountTry(ctx, f.letter); err != nil {
			return nil, err
		}
	}
	err = tx.Emit(ctx, account.String(), &eventsv1.CodeRejected{AccountId: account.String()})
	return a.Limits.Wrong(after, now), err
}

// accept spends the code. From its commit on the evidence will reach account, by a job if this process dies.
func (a *App) accept(ctx context.Context, tx *store.Tx, l store.Letter, now time.Time) (store.Confirmation, error) {
	c := store.Confirmation{
		ID: secret.NewID(), AccountID: l.AccountID, LetterID: l.ID, SnapshotID: l.SnapshotID,
		Method: accountv1.Method_LETTER, State: domain.Pending,
	}
	if err := tx.SetState(ctx, l.ID, confirmationv1.LetterState_REDEEMED); err != nil {
		return c, err
	}
	if err := tx.WipePrint(ctx, l.ID); err != nil {
		return c, err
	}
	if err := tx.InsertConfirmation(ctx, c, now); err != nil {
		return c, err
	}
	opts := &river.InsertOpts{ScheduledAt: now.Add(a.ApplyAfter)}
	return c, tx.Enqueue(ctx, ApplyJob{ConfirmationID: c.ID}, opts)
}
