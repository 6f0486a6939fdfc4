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

// PutDestination finds or makes the destination and locks it until the transaction ends. The indexes are those under
// every live key, the primary first.
func (t *Tx) PutDestination(ctx context.Context, indexes []secret.Index) (uuid.UUID, domain.Guard, error) {
	id, g, found, err := t.findDestination(ctx, indexes)
	if found || err != nil {
		return id, g, err
	}
	row, err := t.q.PutDestination(ctx, db.PutDestinationParams{
		ID: secret.NewID(), IndexKeyID: indexes[0].KeyID, IndexValue: indexes[0].Value,
	})
	return row.ID, guard(row.Failures, row.LockedUntil), err
}

// LockDestination locks a destination that a code was sent to.
func (t *Tx) LockDestination(ctx context.Context, indexes []secret.Index) (uuid.UUID, domain.Guard, error) {
	id, g, found, err := t.findDestination(ctx, indexes)
	if !found && err == nil {
		err = ErrNoCode()
	}
	return id, g, err
}

func (t *Tx) findDestination(ctx context.Context, indexes []secret.Index) (uuid.UUID, domain.Guard, bool, error) {
	var p db.LockDestinationParams
	for _, index := range indexes {
		p.KeyIds, p.KeyValues = append(p.KeyIds, index.KeyID), append(p.KeyValues, index.Value)
	}
	row, err := t.q.LockDestination(ctx, p)
	if pg.IsNotFound(err) {
		return uuid.Nil, domain.Guard{}, false, nil
	}
	return row.ID, guard(row.Failures, row.LockedUntil), err == nil, err
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
