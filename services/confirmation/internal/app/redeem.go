package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// RedeemCommand is a code as typed.
type RedeemCommand struct{ AccountID, Code string }

// Confirmed is the account's level and how it came to it.
type Confirmed struct {
	Level  accountv1.Level
	Method accountv1.Method
	Time   time.Time
}

// Redeem takes a letter's code and waits until account has raised the level. The same code again, with or
// without an idempotency key, gets the same answer.
func (a *App) Redeem(ctx context.Context, cmd RedeemCommand) (Confirmed, error) {
	var out Confirmed
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), "RedeemCode", cmd, &out); found || err != nil {
		return out, err
	}
	account, err := parseID("account_id", cmd.AccountID)
	if err != nil {
		return out, err
	}
	code, err := readCode(cmd.Code)
	if err != nil {
		return out, err
	}
	evidence, err := a.guess(ctx, account, code)
	if err != nil {
		return out, err
	}
	return a.apply(ctx, evidence, &cmd)
}

// guess takes the code, or counts a wrong one, which is committed before it is refused. Guesses of one account
// go one after another: the holder is locked.
func (a *App) guess(ctx context.Context, account uuid.UUID, code string) (store.Confirmation, error) {
	now := a.Now()
	var evidence store.Confirmation
	var refusal error
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		recent, err := tx.LockHolder(ctx, account)
		if err != nil {
			return err
		}
		letters, err := tx.Letters(ctx, account)
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
		g := guard(recent, letters, now)
		if refusal = a.Limits.Check(g.Guard, now); refusal != nil {
			return nil
		}
		switch {
		case matched && found.Live(now):
			evidence, err = a.accept(ctx, tx, found, now)
			return err
		case matched && found.StateAt(now) == domain.Expired:
			refusal = errs.New(errs.Unprocessable, errorsv1.Reason_CONFIRMATION_CODE_EXPIRED, "the letter is too old")
			return nil
		}
		refusal, err = a.wrong(ctx, tx, account, g, now)
		return err
	})
	if err != nil {
		return evidence, err
	}
	return evidence, refusal
}

// guarded is an account's guard and the live letter whose tries are counted.
type guarded struct {
	domain.Guard
	letter uuid.UUID
}

func guard(recent []time.Time, letters []store.Letter, now time.Time) guarded {
	g := guarded{Guard: domain.Guard{Recent: recent}}
	for _, l := range letters {
		if l.Live(now) {
			g.HasLetter, g.LetterTries, g.letter = true, l.Tries, l.ID
			break
		}
	}
	return g
}

// wrong counts a wrong code. Whose it is, or was, is not told.
func (a *App) wrong(ctx context.Context, tx *store.Tx, account uuid.UUID, g guarded, now time.Time) (refusal, err error) {
	after := a.Limits.AfterWrong(g.Guard, now)
	if err := tx.SetTries(ctx, account, after.Recent); err != nil {
		return nil, err
	}
	if g.HasLetter {
		if err := tx.CountTry(ctx, g.letter); err != nil {
			return nil, err
		}
	}
	err = tx.Emit(ctx, account.String(), &eventsv1.CodeRejected{AccountId: account.String()})
	return a.Limits.Wrong(after, now), err
}

// accept spends the code. From here on the evidence reaches account, even if this process does not live to see it.
func (a *App) accept(ctx context.Context, tx *store.Tx, l store.Letter, now time.Time) (store.Confirmation, error) {
	c := store.Confirmation{
		ID: secret.NewID(), AccountID: l.AccountID, LetterID: l.ID, SnapshotID: l.SnapshotID,
		Method: accountv1.Method_LETTER.String(), State: domain.Pending,
	}
	if err := tx.SetState(ctx, l.ID, domain.Redeemed); err != nil {
		return c, err
	}
	if err := tx.WipePrint(ctx, l.ID); err != nil {
		return c, err
	}
	if err := tx.InsertConfirmation(ctx, c, now); err != nil {
		return c, err
	}
	opts := &river.InsertOpts{ScheduledAt: now.Add(a.ApplyAfter)}
	return c, tx.Later(ctx, ApplyJob{ConfirmationID: c.ID.String()}, opts)
}
