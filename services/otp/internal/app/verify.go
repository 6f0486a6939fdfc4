package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

// VerifyCommand is one guess.
type VerifyCommand struct {
	Target
	Code string
}

// Verify spends the code, or counts a failure. A code that is gone, another flow's or expired costs nothing
// and says nothing about which.
func (a *App) Verify(ctx context.Context, cmd VerifyCommand) error {
	done := struct{}{}
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), "VerifyCode", cmd, &done); found || err != nil {
		return err
	}
	now := a.Now()
	code, remaining, err := a.Codes.Try(ctx, a.slot(cmd.Target), cmd.FlowID, a.Limits.TriesPerCode, now)
	if err != nil {
		return a.Answers.OrTwin(ctx, a.Store.Pool(), "VerifyCode", cmd, &done, err)
	}
	if !a.matches(code, cmd.Code) {
		return a.fail(ctx, cmd, remaining, now)
	}
	if err := a.spend(ctx, cmd, code, now); err != nil {
		return err
	}
	return a.Codes.Delete(ctx, a.slot(cmd.Target), code.ID)
}

func (a *App) matches(code domain.Code, guess string) bool {
	right := a.Keys.CheckMAC(code.MAC, "code", []byte(code.ID.String()), []byte(guess))
	return right && !code.Decoy
}

// spend marks the code as used; of two who know it, one is first.
func (a *App) spend(ctx context.Context, cmd VerifyCommand, code domain.Code, now time.Time) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		destination, guard, err := tx.LockDestination(ctx, a.indexes(cmd.Target))
		if err != nil {
			return err
		}
		if err := a.Limits.CheckOpen(cmd.Purpose, guard, now); err != nil {
			return err
		}
		// A twin of the request may have been first: the lock on the destination has waited for it.
		return a.Answers.Once(ctx, tx, "VerifyCode", cmd, &struct{}{}, func() error {
			first, err := tx.Spend(ctx, code.ID, now)
			if err != nil {
				return err
			}
			if !first {
				return store.ErrNoCode()
			}
			if err := tx.SetGuard(ctx, destination, domain.Guard{}); err != nil {
				return err
			}
			return tx.Emit(ctx, cmd.FlowID, &eventsv1.CodeVerified{FlowId: cmd.FlowID})
		})
	})
}

// fail commits the failure first and refuses then.
func (a *App) fail(ctx context.Context, cmd VerifyCommand, remaining int, now time.Time) error {
	var refusal error
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		destination, guard, err := tx.LockDestination(ctx, a.indexes(cmd.Target))
		if err != nil {
			return err
		}
		if refusal = a.Limits.CheckOpen(cmd.Purpose, guard, now); refusal != nil {
			return nil
		}
		next, locked := a.Limits.AfterFailure(cmd.Purpose, guard, now)
		if err := tx.SetGuard(ctx, destination, next); err != nil {
			return err
		}
		refusal = wrongCode(remaining)
		if locked {
			refusal = a.Limits.CheckOpen(cmd.Purpose, next, now)
			event := &eventsv1.FactorLocked{FactorId: destination.String(), Disabled: a.Limits.Disabled(cmd.Purpose, next)}
			if err := tx.Emit(ctx, destination.String(), event); err != nil {
				return err
			}
		}
		return tx.Emit(ctx, cmd.FlowID, &eventsv1.CodeRejected{FlowId: cmd.FlowID})
	})
	if err != nil {
		return err
	}
	return refusal
}

func wrongCode(remaining int) error {
	if remaining <= 0 {
		return errs.New(errs.Unprocessable, errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED, "that was the last try: ask for a new code")
	}
	return errs.New(errs.Unprocessable, errorsv1.Reason_CODE_WRONG, "the code is wrong").With("attempts", remaining)
}
