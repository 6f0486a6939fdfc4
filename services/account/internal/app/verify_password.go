package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// attempt is a password tried at an account, or at an unknown login: then the holder is empty, and everything takes the
// same course.
type attempt struct {
	holder   store.Holder
	password secret.String
	target   store.Target
}

// target is what failures are counted by: an account or an unknown login, and the address.
func (a *App) target(ctx context.Context, kind, subject string) store.Target {
	return a.targetOf(ctx, a.Keys.MAC("sign-in subject", []byte(kind), []byte(subject)))
}

func (a *App) targetOf(ctx context.Context, subject []byte) store.Target {
	return store.Target{
		Subject: subject,
		Address: a.Keys.MAC("sign-in address", []byte(rpc.RequestOf(ctx).Network())),
	}
}

// verifyPassword compares the password, counts, and for the right one runs accept in the same transaction, which says whether that
// was all: then the address is known as the holder's. The slow
// comparison comes first; whether it counts is decided under the lock on the counts, so that no more of many concurrent
// attempts are decided than of as many in a row.
func (a *App) verifyPassword(
	ctx context.Context, t attempt, accept func(ctx context.Context, tx *store.Tx, now time.Time) (all bool, err error),
) error {
	before, err := a.Store.Failures(ctx, t.target)
	if err != nil {
		return err
	}
	if err := a.Throttle.CheckOpen(before, a.Now()); err != nil {
		return err
	}
	right, err := a.Hasher.Matches(ctx, t.holder.PHC, password.Normal(t.password.Reveal()))
	if err != nil {
		return err
	}
	now := a.Now()
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		counts, err := tx.LockFailures(ctx, t.target, a.Throttle.Expiry(before, now))
		if err != nil {
			return err
		}
		if refusal = a.Throttle.CheckOpen(counts, now); refusal != nil {
			return nil
		}
		if !right {
			refusal = domain.SignInFailed()
			return a.fail(ctx, tx, t, counts, now)
		}
		if current, err := tx.LockCredential(ctx, t.holder.AccountID); err != nil || current != t.holder.PHC {
			refusal = domain.SignInFailed() // it was changed since it was compared
			return err
		}
		next := a.Throttle.AfterSuccess(counts)
		all, err := accept(ctx, tx, now)
		if err != nil {
			return err
		}
		if all {
			next = a.Throttle.Know(next, now)
		}
		return tx.SetFailures(ctx, t.target, counts, next, a.Throttle.Expiry(next, now))
	})
	if err != nil {
		return err
	}
	return refusal
}

// fail counts and reports a failure. That of an unknown login is only counted, but takes as long.
func (a *App) fail(ctx context.Context, tx *store.Tx, t attempt, before domain.FailureCounts, now time.Time) error {
	next := a.Throttle.AfterFailure(before, now)
	if err := tx.SetFailures(ctx, t.target, before, next, a.Throttle.Expiry(next, now)); err != nil {
		return err
	}
	event := &eventsv1.SignInFailed{AccountId: t.holder.AccountID.String()}
	if t.holder.AccountID == uuid.Nil {
		pg.AfterCommit(ctx, func() { a.RefusedSignIns.Add(errorsv1.Reason_SIGN_IN_FAILED.String()) })
		return tx.Discard(ctx, t.holder.AccountID.String(), event)
	}
	return tx.Emit(ctx, t.holder.AccountID.String(), event)
}

// SummariseSignIns makes the record of those that were refused without an account.
func SummariseSignIns(from, to time.Time, counts map[string]int64) proto.Message {
	return &eventsv1.SignInsRefused{FromTime: timestamppb.New(from), ToTime: timestamppb.New(to), Counts: counts}
}
