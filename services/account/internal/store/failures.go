package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Target is what passwords are tried at and from which address, both as MACs.
type Target struct{ Subject, Address []byte }

// anywhere is the address under which the failures from all addresses are counted.
func anywhere() []byte { return []byte{} }

func (t Target) addresses() [][]byte { return [][]byte{t.Address, anywhere()} }

// Failures reads the counts, to refuse early; what counts is decided under [Tx.LockFailures].
func (c conn) Failures(ctx context.Context, t Target) (domain.FailureCounts, error) {
	rows, err := c.q.ReadFailures(ctx, db.ReadFailuresParams{Subject: t.Subject, Addresses: t.addresses()})
	return failureCounts(rows), err
}

// LockFailures reads the counts and locks them until the transaction ends.
func (t *Tx) LockFailures(ctx context.Context, target Target, expiry domain.Expiry) (domain.FailureCounts, error) {
	rows, err := t.q.LockFailures(ctx, db.LockFailuresParams{
		Subject: target.Subject, Addresses: target.addresses(), ForgetAt: []time.Time{expiry.Address, expiry.Account},
	})
	return failureCounts(rows), err
}

// SetFailures stores the counts that have changed, with the commit.
func (t *Tx) SetFailures(ctx context.Context, target Target, before, next domain.FailureCounts, expiry domain.Expiry) error {
	if next.Address != before.Address || !next.KnownUntil.Equal(before.KnownUntil) {
		here := failureParams(target.Subject, target.Address, next.Address, expiry.Address)
		here.KnownUntil = optional(next.KnownUntil)
		if err := t.last.SetFailures(ctx, here); err != nil {
			return err
		}
	}
	if next.Account == before.Account {
		return nil
	}
	return t.last.SetFailures(ctx, failureParams(target.Subject, anywhere(), next.Account, expiry.Account))
}

// KnowAddress makes the target's address known, with the commit, unless it has been for most of the time.
func (t *Tx) KnowAddress(ctx context.Context, target Target, until, worthBefore time.Time) error {
	return t.last.KnowAddress(ctx, db.KnowAddressParams{
		Subject: target.Subject, Address: target.Address, KnownUntil: &until, WorthBefore: worthBefore,
	})
}

func failureParams(subject, address []byte, count domain.FailureCount, expiry time.Time) db.SetFailuresParams {
	return db.SetFailuresParams{
		Subject: subject, Address: address, Failures: int32(count.Failures),
		Since: optional(count.Since), LastAt: optional(count.Last), ForgetAt: expiry,
	}
}

func failureCounts(rows []db.SignInFailure) domain.FailureCounts {
	var counts domain.FailureCounts
	for _, row := range rows {
		count := domain.FailureCount{Failures: int(row.Failures), Since: instant(row.Since), Last: instant(row.LastAt)}
		if len(row.Address) == 0 {
			counts.Account = count
		} else {
			counts.Address, counts.KnownUntil = count, instant(row.KnownUntil)
		}
	}
	return counts
}
