package app

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// Apply has account raise the level of a person whom the registries confirm, and ends the verification with its
// answer. Account is asked until it answers, past the deadline too: the level may have risen although the answer was
// lost. It recognises a repeated call by the evidence id, which is the verification's.
func (a *App) Apply(ctx context.Context, job ApplyJob) error {
	v, err := a.Store.Verification(ctx, job.VerificationID)
	if err != nil || !v.Pending() {
		return err
	}
	s, err := a.snapshot(ctx, v.SnapshotID)
	if err != nil {
		return err
	}
	_, err = a.Account.ApplyEvidence(ctx, &accountv1.ApplyEvidenceRequest{
		EvidenceId: v.ID.String(), AccountId: v.AccountID.String(), Level: accountv1.Level_STANDARD,
		SnapshotId: v.SnapshotID.String(), Snils: s.GetPerson().GetSnils(),
		Passport: s.GetPassport().GetSeries() + s.GetPassport().GetNumber(),
	})
	switch {
	case err == nil:
		return a.finish(ctx, v.ID, verificationv1.State_MATCHED)
	case errs.Is(err, errorsv1.Reason_DUPLICATE_PERSON):
		return a.finish(ctx, v.ID, verificationv1.State_NOT_MATCHED, verificationv1.MismatchReason_DUPLICATE_PERSON)
	case errs.Is(err, errorsv1.Reason_EVIDENCE_VOID), errs.Is(err, errorsv1.Reason_ACCOUNT_NOT_FOUND):
		return a.finish(ctx, v.ID, verificationv1.State_EXPIRED)
	default:
		return err
	}
}

// finish ends a verification with account's answer. The registries' own answers stay as they were.
func (a *App) finish(ctx context.Context, id uuid.UUID, state verificationv1.State, reasons ...domain.Reason) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, err := tx.LockVerification(ctx, id)
		if err != nil || !v.Pending() {
			return err
		}
		if err := tx.SetReasons(ctx, id, reasons...); err != nil {
			return err
		}
		return a.end(ctx, tx, v, state, reasons)
	})
}

// end ends a verification and emits its outcome.
func (a *App) end(
	ctx context.Context, tx *store.Tx, v domain.Verification, state verificationv1.State, reasons []domain.Reason,
) error {
	if err := tx.End(ctx, v.ID, state, a.Now()); err != nil {
		return err
	}
	id, account, snapshot := v.ID.String(), v.AccountID.String(), v.SnapshotID.String()
	var event proto.Message
	switch state {
	case verificationv1.State_MATCHED:
		event = &eventsv1.VerificationMatched{
			VerificationId: id, AccountId: account, SnapshotId: snapshot, Vouched: &fieldmaskpb.FieldMask{Paths: v.Vouched()},
		}
	case verificationv1.State_NOT_MATCHED:
		event = &eventsv1.VerificationNotMatched{
			VerificationId: id, AccountId: account, SnapshotId: snapshot, Reasons: store.Names(reasons),
		}
	default:
		event = &eventsv1.VerificationExpired{VerificationId: id, AccountId: account, SnapshotId: snapshot}
	}
	return tx.Emit(ctx, id, event)
}
