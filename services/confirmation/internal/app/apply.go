package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// ApplyPending gives account the evidence of a request that did not get that far.
func (a *App) ApplyPending(ctx context.Context, id uuid.UUID) error {
	c, err := a.Store.Confirmation(ctx, id)
	if err != nil || c.State != domain.Pending {
		return err
	}
	_, err = a.apply(ctx, c, idempotency.None[Confirmed])
	if errs.Is(err, errorsv1.Reason_EVIDENCE_VOID) {
		return nil // recorded, nothing more to do
	}
	return err
}

// apply has account raise the level and records its answer. It may run any number of times, also in a request and the
// job at once: account recognises the evidence by its id.
func (a *App) apply(
	ctx context.Context, c store.Confirmation, answered idempotency.Hook[Confirmed],
) (Confirmed, error) {
	if c.State == domain.Void {
		return Confirmed{}, evidenceVoid(nil)
	}
	account, err := a.Account.ApplyEvidence(ctx, &accountv1.ApplyEvidenceRequest{
		EvidenceId: c.ID.String(), AccountId: c.AccountID.String(), Level: accountv1.Level_CONFIRMED,
		SnapshotId: c.SnapshotID.String(), Method: c.Method,
	})
	if errs.Is(err, errorsv1.Reason_EVIDENCE_VOID) || errs.Is(err, errorsv1.Reason_ACCOUNT_NOT_FOUND) {
		// The refusal is final only once it is recorded; otherwise the job tries again.
		if recordErr := a.decide(ctx, c, domain.Void, nothing); recordErr != nil {
			return Confirmed{}, recordErr
		}
		return Confirmed{}, evidenceVoid(err)
	}
	if err != nil {
		return Confirmed{}, err
	}
	out := Confirmed{
		Level: account.GetLevel(), Method: account.GetConfirmation().GetMethod(),
		Time: account.GetConfirmation().GetTime().AsTime(),
	}
	return out, a.decide(ctx, c, domain.Applied, func(ctx context.Context, tx *store.Tx) error {
		return answered(ctx, tx, out)
	})
}

func nothing(context.Context, *store.Tx) error { return nil }

// decide records account's answer, emits it the first time, and does what else belongs to the transaction.
func (a *App) decide(
	ctx context.Context, c store.Confirmation, state domain.Evidence, also func(ctx context.Context, tx *store.Tx) error,
) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockHolder(ctx, c.AccountID); err != nil {
			return err
		}
		if first, err := tx.Decide(ctx, c.ID, state, a.Now()); err != nil {
			return err
		} else if first {
			if err := a.report(ctx, tx, c, state); err != nil {
				return err
			}
		}
		return also(ctx, tx)
	})
}

func (a *App) report(ctx context.Context, tx *store.Tx, c store.Confirmation, state domain.Evidence) error {
	if state == domain.Applied {
		return tx.Emit(ctx, c.ID.String(), &eventsv1.ConfirmationSucceeded{
			ConfirmationId: c.ID.String(), AccountId: c.AccountID.String(), Method: c.Method.String(),
		})
	}
	if err := tx.SetState(ctx, c.LetterID, confirmationv1.LetterState_VOIDED); err != nil {
		return err
	}
	return tx.Emit(ctx, c.LetterID.String(), &eventsv1.LetterVoided{
		LetterOrderId: c.LetterID.String(), AccountId: c.AccountID.String(),
	})
}

func evidenceVoid(cause error) error {
	return errs.Wrap(cause, errorsv1.Reason_EVIDENCE_VOID,
		"the person's data changed after the letter was ordered: order another one")
}
