package app

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

// VerifyCommand is one guess. AttemptID is its name within the flow.
type VerifyCommand struct {
	Target
	AttemptID string
	Code      string
}

// Verify spends the code, or counts a failure; a repeated attempt gets the same answer. What cannot be a code costs
// nothing; nor does a code that is gone, another flow's or expired, which says nothing about which.
func (a *App) Verify(ctx context.Context, cmd VerifyCommand) error {
	guess, err := domain.ReadCode(cmd.form(), cmd.Code)
	if err != nil {
		return err
	}
	now := a.Now()
	code, remaining, err := a.Codes.Try(ctx, a.slot(cmd.Target), cmd.FlowID, cmd.AttemptID, a.Limits.TriesPerCode, now)
	if err != nil {
		return err
	}
	attempt := domain.Attempt{
		FlowID: cmd.FlowID, ID: a.attemptName(cmd), SendID: code.ID, Correct: a.matches(code, guess), Remaining: remaining,
	}
	if err := a.record(ctx, cmd, attempt, now); err != nil {
		return err
	}
	return a.Codes.Spend(ctx, a.slot(cmd.Target), code.ID)
}

// attemptName is what an attempt is stored as. A flow may have codes of several purposes and destinations, and a right one is right for
// its own only.
func (a *App) attemptName(cmd VerifyCommand) string {
	return hex.EncodeToString(a.Keys.MAC("attempt", []byte(cmd.Purpose.String()), []byte(cmd.Destination), []byte(cmd.AttemptID)))
}

func (a *App) matches(code domain.Code, guess string) bool {
	right := a.Keys.CheckMAC(code.MAC, "code", []byte(code.ID.String()), []byte(guess))
	return right && !code.Decoy
}

// record commits the attempt with what it changes, and then gives its answer. The lock on the destination makes
// attempts take turns, so that at most one of many guesses at once locks it.
func (a *App) record(ctx context.Context, cmd VerifyCommand, attempt domain.Attempt, now time.Time) error {
	var refusal error
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		destination, err := tx.LockDestination(ctx, a.indexes(cmd.Target), attempt)
		if err != nil {
			return err
		}
		if destination.Decided != nil {
			refusal = destination.Decided.Refusal()
			return nil
		}
		if refusal = a.Limits.CheckOpen(cmd.Purpose, destination.Lockout, now); refusal != nil {
			return nil
		}
		refusal = attempt.Refusal()
		if attempt.Correct {
			return a.spend(ctx, tx, cmd, attempt, now)
		}
		next, locked := a.Limits.AfterFailure(cmd.Purpose, destination.Lockout, now)
		if locked {
			refusal = a.Limits.CheckOpen(cmd.Purpose, next, now)
		}
		return a.countFailure(ctx, tx, cmd, attempt, destination.ID, next, locked)
	})
	if err != nil {
		return err
	}
	return refusal
}

// spend marks the code as used: exactly one of two concurrent callers who know it wins.
func (a *App) spend(ctx context.Context, tx *store.Tx, cmd VerifyCommand, attempt domain.Attempt, now time.Time) error {
	if first, err := tx.Spend(ctx, attempt, now); !first || err != nil {
		return err
	}
	if other := domain.Reopens(cmd.Purpose); other != otpv1.Purpose_PURPOSE_UNSPECIFIED {
		locked := cmd.Target
		locked.Purpose = other
		if err := tx.Reopen(ctx, a.indexes(locked)); err != nil {
			return err
		}
	}
	return tx.Emit(ctx, attempt.FlowID, &eventsv1.CodeVerified{FlowId: attempt.FlowID})
}

func (a *App) countFailure(
	ctx context.Context, tx *store.Tx, cmd VerifyCommand, attempt domain.Attempt, destination uuid.UUID,
	next domain.Lockout, locked bool,
) error {
	if first, err := tx.CountFailure(ctx, attempt, destination, next); !first || err != nil {
		return err
	}
	if locked {
		event := &eventsv1.FactorLocked{FactorId: destination.String(), Disabled: a.Limits.Disabled(cmd.Purpose, next)}
		if err := tx.Emit(ctx, destination.String(), event); err != nil {
			return err
		}
	}
	return tx.Emit(ctx, cmd.FlowID, &eventsv1.CodeRejected{FlowId: cmd.FlowID})
}
