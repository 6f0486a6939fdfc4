package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// attempt is a password tried at an account, or at a login that is nobody's: then account and phc are empty, and
// everything takes its course as if they were not.
type attempt struct {
	account  uuid.UUID
	phc      string
	password string
	target   store.Target
}

// target is what failures are counted by: an account or an unknown login, and the address.
func (a *App) target(ctx context.Context, kind, subject string) store.Target {
	return store.Target{
		Subject: a.Keys.MAC("sign-in subject", []byte(kind), []byte(subject)),
		Address: a.Keys.MAC("sign-in address", []byte(rpc.RequestOf(ctx).Network())),
	}
}

// judge compares the password, counts, and runs accept in the transaction of the verdict when it is right. The
// slow comparison comes before; whether it counts is decided under the lock on the counts, so of many tries at once
// no more are judged than in a row.
func (a *App) judge(
	ctx context.Context, t attempt, accept func(ctx context.Context, tx *store.Tx, now time.Time) error,
) error {
	before, err := a.Store.Guards(ctx, t.target)
	if err != nil {
		return err
	}
	if err := a.Throttle.CheckOpen(before, a.Now()); err != nil {
		return err
	}
	right, err := a.Hasher.Matches(ctx, t.phc, password.Normal(t.password))
	if err != nil {
		return err
	}
	now := a.Now()
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		guards, err := tx.LockGuards(ctx, t.target, a.Throttle.Forget(before, now))
		if err != nil {
			return err
		}
		if refusal = a.Throttle.CheckOpen(guards, now); refusal != nil {
			return nil
		}
		if !right {
			refusal = domain.SignInFailed()
			return a.fail(ctx, tx, t, guards, now)
		}
		next := a.Throttle.AfterSuccess(guards, now)
		if err := tx.SetGuards(ctx, t.target, guards, next, a.Throttle.Forget(next, now)); err != nil {
			return err
		}
		return accept(ctx, tx, now)
	})
	if err != nil {
		return err
	}
	return refusal
}

// fail counts and reports a failure. That of an unknown login is only counted, but takes as long.
func (a *App) fail(ctx context.Context, tx *store.Tx, t attempt, before domain.Guards, now time.Time) error {
	next := a.Throttle.AfterFailure(before, now)
	if err := tx.SetGuards(ctx, t.target, before, next, a.Throttle.Forget(next, now)); err != nil {
		return err
	}
	if err := tx.SweepGuards(ctx, now); err != nil {
		return err
	}
	event := &eventsv1.SignInFailed{AccountId: t.account.String()}
	if t.account == uuid.Nil {
		pg.AfterCommit(ctx, func() { a.RefusedSignIns.Add(errorsv1.Reason_SIGN_IN_FAILED.String()) })
		return tx.Discard(ctx, t.account.String(), event)
	}
	return tx.Emit(ctx, t.account.String(), event)
}

// SummariseSignIns makes the record of those that were refused without an account.
func SummariseSignIns(from, to time.Time, counts map[string]int64) proto.Message {
	return &eventsv1.SignInsRefused{FromTime: timestamppb.New(from), ToTime: timestamppb.New(to), Counts: counts}
}
