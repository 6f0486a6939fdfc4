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

// PutDestination finds or creates the destination and locks it until the transaction ends. The indexes are those under
// every live key, the primary first.
func (t *Tx) PutDestination(ctx context.Context, indexes []secret.Index) (uuid.UUID, domain.Lockout, error) {
	id, l, found, err := t.findDestination(ctx, indexes)
	if found || err != nil {
		return id, l, err
	}
	row, err := t.q.PutDestination(ctx, db.PutDestinationParams{
		ID: secret.NewID(), IndexKeyID: indexes[0].KeyID, IndexValue: indexes[0].Value,
	})
	return row.ID, lockout(row.Failures, row.LockedUntil), err
}

// LockDestination locks a destination that a code was sent to.
func (t *Tx) LockDestination(ctx context.Context, indexes []secret.Index) (uuid.UUID, domain.Lockout, error) {
	id, l, found, err := t.findDestination(ctx, indexes)
	if !found && err == nil {
		err = ErrNoCode()
	}
	return id, l, err
}

func (t *Tx) findDestination(ctx context.Context, indexes []secret.Index) (uuid.UUID, domain.Lockout, bool, error) {
	var p db.LockDestinationParams
	for _, index := range indexes {
		p.KeyIds, p.KeyValues = append(p.KeyIds, index.KeyID), append(p.KeyValues, index.Value)
	}
	row, err := t.q.LockDestination(ctx, p)
	if pg.IsNotFound(err) {
		return uuid.Nil, domain.Lockout{}, false, nil
	}
	return row.ID, lockout(row.Failures, row.LockedUntil), err == nil, err
}

// SetLockout stores the failures and the lock as a guess has left them.
func (t *Tx) SetLockout(ctx context.Context, destination uuid.UUID, l domain.Lockout) error {
	var until *time.Time
	if !l.LockedUntil.IsZero() {
		until = &l.LockedUntil
	}
	return t.q.SetFailures(ctx, db.SetFailuresParams{ID: destination, Failures: int32(l.Failures), LockedUntil: until})
}

func lockout(failures int32, until *time.Time) domain.Lockout {
	l := domain.Lockout{Failures: int(failures)}
	if until != nil {
		l.LockedUntil = *until
	}
	return l
}
