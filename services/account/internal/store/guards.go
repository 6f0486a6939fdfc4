package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Target is at what passwords are tried and from where, both as MACs.
type Target struct{ Subject, Address []byte }

// anywhere is the address under which the failures from all addresses are counted.
func anywhere() []byte { return []byte{} }

func (t Target) addresses() [][]byte { return [][]byte{t.Address, anywhere()} }

// Guards reads the counts, to refuse early; what counts is decided under [Tx.LockGuards].
func (s *Store) Guards(ctx context.Context, t Target) (domain.Guards, error) {
	rows, err := s.q.ReadGuards(ctx, db.ReadGuardsParams{Subject: t.Subject, Addresses: t.addresses()})
	return guards(rows), err
}

// LockGuards reads the counts and locks them until the transaction ends.
func (t *Tx) LockGuards(ctx context.Context, target Target, forget domain.Forget) (domain.Guards, error) {
	rows, err := t.q.LockGuards(ctx, db.LockGuardsParams{
		Subject: target.Subject, Addresses: target.addresses(), ForgetAt: []time.Time{forget.Address, forget.Account},
	})
	return guards(rows), err
}

// SetGuards stores the counts that are not as before.
func (t *Tx) SetGuards(ctx context.Context, target Target, before, next domain.Guards, forget domain.Forget) error {
	if next.Address != before.Address || !next.KnownUntil.Equal(before.KnownUntil) {
		here := guardParams(target.Subject, target.Address, next.Address, forget.Address)
		here.KnownUntil = optional(next.KnownUntil)
		if err := t.q.SetGuard(ctx, here); err != nil {
			return err
		}
	}
	if next.Account == before.Account {
		return nil
	}
	return t.q.SetGuard(ctx, guardParams(target.Subject, anywhere(), next.Account, forget.Account))
}

// SweepGuards drops some counts that are long past.
func (t *Tx) SweepGuards(ctx context.Context, now time.Time) error { return t.q.SweepGuards(ctx, now) }

func guardParams(subject, address []byte, g domain.Guard, forget time.Time) db.SetGuardParams {
	return db.SetGuardParams{
		Subject: subject, Address: address, Failures: int32(g.Failures),
		Since: optional(g.Since), LastAt: optional(g.Last), ForgetAt: forget,
	}
}

func guards(rows []db.SignInFailure) domain.Guards {
	var g domain.Guards
	for _, row := range rows {
		guard := domain.Guard{Failures: int(row.Failures), Since: instant(row.Since), Last: instant(row.LastAt)}
		if len(row.Address) == 0 {
			g.Account = guard
		} else {
			g.Address, g.KnownUntil = guard, instant(row.KnownUntil)
		}
	}
	return g
}
