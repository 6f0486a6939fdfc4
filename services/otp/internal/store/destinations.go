package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store/db"
)

// PutDestination finds or makes the destination and locks it until the transaction ends.
func (t *Tx) PutDestination(ctx context.Context, index secret.Index) (uuid.UUID, domain.Guard, error) {
	row, err := t.q.PutDestination(ctx, db.PutDestinationParams{
		ID: secret.NewID(), IndexKeyID: index.KeyID, IndexValue: index.Value,
	})
	return row.ID, guard(row.Failures, row.LockedUntil), err
}

// LockDestination locks a destination that a code was sent to.
func (t *Tx) LockDestination(ctx context.Context, index secret.Index) (uuid.UUID, domain.Guard, error) {
	row, err := t.q.LockDestination(ctx, db.LockDestinationParams{IndexKeyID: index.KeyID, IndexValue: index.Value})
	if pg.IsNotFound(err) {
		return uuid.Nil, domain.Guard{}, ErrNoCode()
	}
	return row.ID, guard(row.Failures, row.LockedUntil), err
}

// SetGuard stores what a guess has changed.
func (t *Tx) SetGuard(ctx context.Context, destination uuid.UUID, g domain.Guard) error {
	var until *time.Time
	if !g.LockedUntil.IsZero() {
		until = &g.LockedUntil
	}
	return t.q.SetFailures(ctx, db.SetFailuresParams{ID: destination, Failures: int32(g.Failures), LockedUntil: until})
}

func guard(failures int32, until *time.Time) domain.Guard {
	g := domain.Guard{Failures: int(failures)}
	if until != nil {
		g.LockedUntil = *until
	}
	return g
}
