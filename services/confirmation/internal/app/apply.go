package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// ApplyPending takes evidence to account whose request did not get that far.
func (a *App) ApplyPending(ctx context.Context, id uuid.UUID) error {
	c, err := a.Store.Confirmation(ctx, id)
	if err != nil || c.State != domain.Pending {
		return err
	}
	_, err = a.apply(ctx, c, nil)
	if errs.Is(err, errorsv1.Reason_EVIDENCE_VOID) {
		return nil // noted, nothing more to do
	}
	return err
}

// apply has account raise the level and notes its answer. It may be done any number of times, also by a request
// and the job at once: account knows the evidence by its id.
func (a *App) apply(ctx context.Context, c store.Confirmation, cmd *RedeemCommand) (Confirmed, error) {
	if c.State == domain.Void {
		return Confirmed{}, evidenceVoid(nil)
	}
	account, err := a.Account.ApplyEvidence(ctx, &accountv1.ApplyEvidenceRequest{
		EvidenceId: c.ID.String(), AccountId: c.AccountID.String(), Level: accountv1.Level_CONFIRMED,
		SnapshotId: c.SnapshotID.String(), Method: accountv1.Method_LETTER,
	})
	if errs.Is(err, errorsv1.Reason_EVIDENCE_VOID) || errs.Is(err, errorsv1.Reason_ACCOUNT_NOT_FOUND) {
		// Only what is noted is final: else the job comes again.
		if noteErr := a.decide(ctx, c, domain.Void, nil, Confirmed{}); noteErr != nil {
			return Confirmed{}, noteErr
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
	return out, a.decide(ctx, c, domain.Applied, cmd, out)
}

// decide notes account's answer, once, and remembers the request's.
func (a *App) decide(ctx context.Context, c store.Confirmation, state domain.Evidence, cmd *RedeemCommand, out Confirmed) error {
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
		if cmd == nil {
			return nil
		}
		return a.Answers.Once(ctx, tx, "RedeemCode", cmd, &out, func() error { return nil })
	})
}

func (a *App) report(ctx context.Context, tx *store.Tx, c store.Confirmation, state domain.Evidence) error {
	if state == domain.Applied {
		return tx.Emit(ctx, c.ID.String(), &eventsv1.ConfirmationSucceeded{
			ConfirmationId: c.ID.String(), AccountId: c.AccountID.String(), Method: c.Method,
		})
	}
	if err := tx.SetState(ctx, c.LetterID, domain.Voided); err != nil {
		return err
	}
	return tx.Emit(ctx, c.LetterID.String(), &eventsv1.LetterVoided{
		LetterOrderId: c.LetterID.String(), AccountId: c.AccountID.String(),
	})
}

func evidenceVoid(cause error) error {
	return errs.Wrap(cause, errs.Conflict, errorsv1.Reason_EVIDENCE_VOID,
		"the person's data changed after the letter was ordered: order another one")
}
