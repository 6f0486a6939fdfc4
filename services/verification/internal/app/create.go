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
	numbers := a.numbersOf(frozen.GetPerson(), frozen.GetPassport())
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := a.start(ctx, tx, v, numbers); err != nil {
			return err
		}
		return answered(ctx, tx, v)
	})
	return v, err
}

// checkLimits refuses a person who is verified, has a pending verification, or tries too often.
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
	card, err := a.Profile.GetCard(ctx, &profilev1.GetCardRequest{AccountId: account.String()})
	if err != nil {
		return err
	}
	numbers := a.numbersOf(card.GetPerson(), passportOf(card))
	histories, err := a.Store.NumberHistories(ctx, numbers, now.Add(-a.Limits.NumberWindow))
	if err != nil {
		return err
	}
	return domain.CheckOpen(a.Limits.Opens(histories), now)
}

func passportOf(card *profilev1.Card) *profilev1.Document {
	for _, d := range card.GetDocuments() {
		if d.GetType() == profilev1.DocumentType_RF_PASSPORT {
			return d
		}
	}
	return nil
}

// start stores the verification and has the registries asked. The data is frozen by now, so numbers that others have
// submitted since the limits were checked are not refused: the registries are asked when a new try would be allowed.
func (a *App) start(ctx context.Context, tx *store.Tx, v domain.Verification, numbers []store.Number) error {
	for _, n := range numbers {
		if err := tx.LockNumber(ctx, n); err != nil {
			return err
		}
	}
	histories, err := tx.NumberHistories(ctx, numbers, v.CreateTime.Add(-a.Limits.NumberWindow))
	if err != nil {
		return err
	}
	inserted, err := tx.Insert(ctx, v)
	if err != nil {
		return err
	}
	if !inserted {
		return refuseSecond(ctx, tx, v)
	}
	for _, n := range numbers {
		if err := tx.InsertNumber(ctx, v.ID, n); err != nil {
			return err
		}
	}
	for _, c := range v.Checks {
		job := CheckJob{VerificationID: v.ID, Registry: c.Registry}
		if err := tx.Enqueue(ctx, job, from(a.Limits.Opens(histories), v.CreateTime)); err != nil {
			return err
		}
	}
	return tx.Emit(ctx, v.ID.String(), &eventsv1.VerificationStarted{
		VerificationId: v.ID.String(), AccountId: v.AccountID.String(), SnapshotId: v.SnapshotID.String(),
	})
}

// refuseSecond refuses a verification beside another of the snapshot or the account. When the snapshot's has just
// ended, the caller is told to try again, once profile has heard of the end.
func refuseSecond(ctx context.Context, tx *store.Tx, v domain.Verification) error {
	first, err := tx.OfSnapshot(ctx, v.SnapshotID)
	if err == nil && !first.Pending() {
		return errs.New(errs.Unavailable, errorsv1.Reason_UNAVAILABLE, "the last verification is being closed").
			After(time.Second)
	}
	if err != nil && !errs.Is(err, errorsv1.Reason_VERIFICATION_NOT_FOUND) {
		return err
	}
	return domain.ErrPending()
}
