package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// closing is how long profile usually needs to hear of a verification's end.
const closing = time.Second

// Create submits a person. The limits are checked before the freeze, so that a refused person can go on editing.
// Everything before the transaction may be repeated after a crash: a snapshot has one verification.
func (a *App) Create(
	ctx context.Context, account uuid.UUID, answered idempotency.Hook[domain.Verification],
) (domain.Verification, error) {
	if err := a.checkLimits(ctx, account, a.Now()); err != nil {
		return domain.Verification{}, err
	}
	frozen, err := a.Profile.FreezeSnapshot(ctx, &profilev1.FreezeSnapshotRequest{AccountId: account.String()})
	if err != nil {
		return domain.Verification{}, err
	}
	snapshot, err := uuid.Parse(frozen.GetSnapshotId())
	if err != nil {
		return domain.Verification{}, err
	}
	v := domain.Start(secret.NewID(), account, snapshot, a.Now(), a.GiveUpAfter)
	v.Address = a.address(ctx)
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := a.start(ctx, tx, v); err != nil {
			return err
		}
		return answered(ctx, tx, v)
	})
	return v, err
}

// address is where the submission comes from, as a MAC.
func (a *App) address(ctx context.Context) []byte {
	return a.Keys.MAC("verification address", []byte(rpc.RequestOf(ctx).Network()))
}

// checkLimits refuses a person who is verified, has a pending verification, or whose submissions, or their address's,
// did not match too often. What anybody else has submitted, about whomever, keeps nobody waiting.
func (a *App) checkLimits(ctx context.Context, account uuid.UUID, now time.Time) error {
	if user, ok := rpc.UserOf(ctx); ok && user.Level >= accountv1.Level_STANDARD.Number() {
		return domain.ErrVerified()
	}
	history, err := a.Store.History(ctx, account, now.Add(-a.Limits.Window))
	if err != nil {
		return err
	}
	if err := a.Limits.CheckAccount(history, now); err != nil {
		return err
	}
	here, err := a.checkAddress(ctx, a.Store, a.address(ctx), account, now)
	if err != nil {
		return err
	}
	return a.checkBudget(ctx, history.NotMatched+here.NotMatched > 0, now)
}

// addresses tells what was submitted from an address.
type addresses interface {
	AddressHistory(ctx context.Context, address []byte, account uuid.UUID, since time.Time) (domain.AddressHistory, error)
}

// checkAddress refuses an account whose address had too many mismatches or may come to have them.
func (a *App) checkAddress(
	ctx context.Context, from addresses, address []byte, account uuid.UUID, now time.Time,
) (domain.AddressHistory, error) {
	here, err := from.AddressHistory(ctx, address, account, now.Add(-a.Limits.AddressWindow))
	if err != nil {
		return here, err
	}
	return here, a.Limits.CheckAddress(here, now)
}

// checkBudget tells the operator of an installation over its budget of mismatches, and refuses who failed before.
func (a *App) checkBudget(ctx context.Context, failedBefore bool, now time.Time) error {
	oldest, err := a.Store.BudgetUsedUp(ctx, a.Limits.Budget, now.Add(-a.Limits.BudgetWindow))
	if err != nil {
		return err
	}
	if a.Limits.OverBudget(oldest, now) {
		a.Meter.overBudget.Inc()
		a.Log.WarnContext(ctx, "the budget of mismatches is used up: somebody may be guessing at many people's data",
			"mismatches", a.Limits.Budget, "within", a.Limits.BudgetWindow)
	}
	return a.Limits.CheckBudget(oldest, failedBefore, now)
}

// start stores the verification and has the registries asked. The address is checked again, alone: what others
// submitted from there since the first check counts.
func (a *App) start(ctx context.Context, tx *store.Tx, v domain.Verification) error {
	if err := tx.LockAddress(ctx, v.Address); err != nil {
		return err
	}
	inserted, err := tx.Insert(ctx, v)
	if err != nil {
		return err
	}
	if !inserted {
		return refuseSecond(ctx, tx, v)
	}
	if _, err := a.checkAddress(ctx, tx, v.Address, v.AccountID, v.CreateTime); err != nil {
		return err
	}
	for _, c := range v.Checks {
		if err := tx.Enqueue(ctx, CheckJob{VerificationID: v.ID, Registry: c.Registry}); err != nil {
			return err
		}
	}
	return tx.Emit(ctx, v.ID.String(), &eventsv1.VerificationStarted{
		VerificationId: v.ID.String(), AccountId: v.AccountID.String(), SnapshotId: v.SnapshotID.String(),
	})
}

// refuseSecond refuses a verification beside another of the snapshot or the account. When the snapshot's has just
// ended, the person is still frozen until profile has heard of the end: the caller is told when to try again.
func refuseSecond(ctx context.Context, tx *store.Tx, v domain.Verification) error {
	first, err := tx.OfSnapshot(ctx, v.SnapshotID)
	if err == nil && !first.Pending() {
		return domain.ErrPending().After(closing)
	}
	if err != nil && !errs.Is(err, errorsv1.Reason_VERIFICATION_NOT_FOUND) {
		return err
	}
	return domain.ErrPending()
}
