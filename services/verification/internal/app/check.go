package app

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// Check asks one registry about one verification. It returns how long to wait before asking again; zero: there is
// nothing left to ask. Repeating it has no second effect.
func (a *App) Check(ctx context.Context, job CheckJob) (time.Duration, error) {
	v, err := a.Store.Verification(ctx, job.VerificationID)
	if err != nil || !v.Waiting(job.Registry) {
		return 0, err
	}
	if !a.Now().Before(v.Deadline) {
		return 0, a.settle(ctx, job, verificationv1.Check_EXPIRED, domain.Answer{})
	}
	snapshot, err := a.snapshot(ctx, v.SnapshotID)
	if err != nil {
		return 0, err
	}
	answer, err := a.Registries[job.Registry].Check(ctx, snapshot)
	switch {
	case err != nil:
		return a.unavailable(ctx, job, v, err)
	case len(answer.Reasons) > 0:
		return 0, a.settle(ctx, job, verificationv1.Check_NOT_MATCHED, answer)
	default:
		return 0, a.settle(ctx, job, verificationv1.Check_MATCHED, answer)
	}
}

func (a *App) snapshot(ctx context.Context, id uuid.UUID) (*profilev1.Snapshot, error) {
	return a.Profile.GetSnapshot(ctx, &profilev1.GetSnapshotRequest{SnapshotId: id.String()})
}

// unavailable records that the registry did not answer, which does not count against the person, and says when to ask
// again: at the deadline at the latest, to let the verification expire.
func (a *App) unavailable(
	ctx context.Context, job CheckJob, v domain.Verification, cause error,
) (time.Duration, error) {
	how, retryAfter := "INTERNAL", time.Duration(0)
	if e, ok := errs.As(cause); ok {
		how, retryAfter = e.Reason.String(), e.RetryAfter
		if why := e.Params["why"]; why != "" {
			how = why
		}
	}
	attempts, err := a.Store.MarkUnavailable(ctx, job.VerificationID, job.Registry, how)
	if err != nil || attempts == 0 {
		return 0, err
	}
	wait := a.wait(attempts, retryAfter, rand.Float64()) //nolint:gosec // jitter is no secret
	return max(min(wait, v.Deadline.Sub(a.Now())), time.Millisecond), nil
}

// wait is the back-off after so many failed attempts, or what the registry asks for, if that is longer and within
// the longest wait.
func (a *App) wait(attempts int, retryAfter time.Duration, chance float64) time.Duration {
	return max(a.Backoff.After(attempts, chance), min(retryAfter, a.Backoff.Max))
}

// settle stores a registry's answer, or that its time is up; the last one concludes the verification.
func (a *App) settle(
	ctx context.Context, job CheckJob, state verificationv1.Check_State, answer domain.Answer,
) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, err := tx.LockVerification(ctx, job.VerificationID)
		if err != nil || !v.Waiting(job.Registry) {
			return err
		}
		if err := tx.SetCheck(ctx, v.ID, job.Registry, state, answer); err != nil {
			return err
		}
		if state != verificationv1.Check_EXPIRED {
			err := tx.Emit(ctx, v.ID.String(), &eventsv1.CheckCompleted{
				VerificationId: v.ID.String(), AccountId: v.AccountID.String(), Registry: job.Registry.String(),
				Matched: state == verificationv1.Check_MATCHED,
			})
			if err != nil {
				return err
			}
		}
		return a.conclude(ctx, tx, v.With(job.Registry, state, answer))
	})
}

// conclude ends a verification whose checks are all final; a match is applied by account first.
func (a *App) conclude(ctx context.Context, tx *store.Tx, v domain.Verification) error {
	switch verdict := v.Verdict(); verdict {
	case verificationv1.State_MATCHED:
		return tx.Enqueue(ctx, ApplyJob{VerificationID: v.ID})
	case verificationv1.State_NOT_MATCHED, verificationv1.State_EXPIRED:
		return a.end(ctx, tx, v, verdict, v.Reasons())
	default:
		return nil
	}
}
