package app

import (
	"context"
	"time"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// failFactor counts a wrong code of a factor whose row is locked, and gives the refusal.
func (a *App) failFactor(
	ctx context.Context, tx *store.Tx, c course, f domain.Factor, now time.Time,
) (refusal, err error) {
	limits := a.FactorLimits.Of(f.Kind)
	next, locked := limits.AfterFailure(f.Lockout, now)
	f.Lockout = next
	if err := tx.SetFactor(ctx, f); err != nil {
		return nil, err
	}
	refusal = limits.CodeWrong(f.Lockout)
	if locked {
		refusal = limits.CheckOpen(f.Lockout, now)
	}
	if c.Purpose == domain.Recover {
		return refusal, a.tellRecoveryFailed(ctx, tx, c, f.Kind, f.Lockout, locked)
	}
	return refusal, a.tellFactorFailed(ctx, tx, f, locked)
}

// tellFactorFailed records a wrong code, and has the person told when it was one too many: nobody is warned of what protects
// nothing yet.
func (a *App) tellFactorFailed(ctx context.Context, tx *store.Tx, f domain.Factor, locked bool) error {
	account, id := f.AccountID.String(), f.ID.String()
	err := tx.Emit(ctx, account, &eventsv1.SecondFactorFailed{AccountId: account, FactorId: id, Kind: f.Kind})
	if err != nil || !locked || f.ActivateTime.IsZero() {
		return err
	}
	return tx.Emit(ctx, account, &eventsv1.SecondFactorLocked{
		AccountId: account, FactorId: id, Kind: f.Kind,
		Disabled: a.FactorLimits.State(f) == accountv1.SecondFactor_DISABLED,
	})
}

func (a *App) tellBackupCodeUsed(ctx context.Context, tx *store.Tx, f domain.Factor) error {
	all, err := tx.Factors(ctx, f.AccountID)
	if err != nil {
		return err
	}
	now, err := all.Find(f.ID)
	if err != nil {
		return err
	}
	return tx.Emit(ctx, f.AccountID.String(), &eventsv1.BackupCodeUsed{
		AccountId: f.AccountID.String(), CodesLeft: int32(now.CodesLeft),
	})
}
