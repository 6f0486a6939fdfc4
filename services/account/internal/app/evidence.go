package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// ApplyEvidence raises an account's level, or refuses to, once: the same evidence again gets the same answer.
// A refusal is recorded and reported before it is returned.
func (a *App) ApplyEvidence(ctx context.Context, e domain.Evidence) (domain.Account, error) {
	now := a.Now()
	var account domain.Account
	var refusal *errs.Error
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if account, err = tx.LockAccount(ctx, e.AccountID); err != nil {
			return err
		}
		var decided bool
		if refusal, decided, err = tx.Decided(ctx, e); decided || err != nil {
			return err
		}
		if account, refusal, err = raise(ctx, tx, account, e, now); err != nil {
			return err
		}
		return record(ctx, tx, e, refusal, now)
	})
	if err != nil {
		return domain.Account{}, err
	}
	if refusal != nil {
		return domain.Account{}, refusal
	}
	return account, nil
}

// raise claims the identity and stores the level in one transaction: exactly one of two accounts of a person wins.
func raise(
	ctx context.Context, tx *store.Tx, account domain.Account, e domain.Evidence, now time.Time,
) (domain.Account, *errs.Error, error) {
	next, raised, refusal := account.Apply(e, now)
	if refusal != nil || !raised {
		return account, refusal, nil
	}
	free, err := tx.Claim(ctx, account.ID, e.Claims)
	if err != nil {
		return account, nil, err
	}
	if !free {
		return account, domain.Duplicate(), nil
	}
	if err := tx.RaiseLevel(ctx, next); err != nil {
		return account, nil, err
	}
	return next, nil, tx.Emit(ctx, account.ID.String(), &eventsv1.LevelRaised{
		AccountId: account.ID.String(), Level: next.Level, EvidenceId: e.ID.String(),
		SnapshotId: next.Snapshot.String(), Method: next.Method,
	})
}

func record(ctx context.Context, tx *store.Tx, e domain.Evidence, refusal *errs.Error, now time.Time) error {
	if err := tx.Decide(ctx, e, refusal, now); err != nil || refusal == nil {
		return err
	}
	return tx.Emit(ctx, e.AccountID.String(), &eventsv1.EvidenceRefused{
		AccountId: e.AccountID.String(), EvidenceId: e.ID.String(), Reason: refusal.Reason.String(),
	})
}
