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
	p := db.PutDestinationParams{ID: secret.NewID()}
	p.KeyIds, p.KeyValues = split(indexes)
	row, err := t.q.PutDestination(ctx, p)
	return row.ID, lockout(row.Failures, row.LockedUntil), err
}

// Locked is a destination that is locked until the transaction ends.
type Locked struct {
	ID      uuid.UUID
	Lockout domain.Lockout
	// Decided is what was decided before about the attempt, if it is a repeated one.
	Decided *domain.Attempt
}

// LockDestination locks a destination that a code was sent to, for one attempt.
func (t *Tx) LockDestination(ctx context.Context, indexes []secret.Index, a domain.Attempt) (Locked, error) {
	p := db.LockDestinationParams{FlowID: a.FlowID, AttemptID: a.ID}
	p.KeyIds, p.KeyValues = split(indexes)
	row, err := t.q.LockDestination(ctx, p)
	if pg.IsNotFound(err) {
		return Locked{}, domain.NoCode()
	}
	out := Locked{ID: row.ID, Lockout: lockout(row.Failures, row.LockedUntil)}
	if row.Correct.Valid {
		out.Decided = &domain.Attempt{
			FlowID: a.FlowID, ID: a.ID, Correct: row.Correct.Bool, Remaining: int(row.Remaining.Int32),
		}
	}
	return out, err
}

// Reopen forgets the failures and the lock of a destination, if it has any.
func (t *Tx) Reopen(ctx context.Context, indexes []secret.Index) error {
	var p db.ReopenDestinationParams
	p.KeyIds, p.KeyValues = split(indexes)
	return t.q.ReopenDestination(ctx, p)
}

func split(indexes []secret.Index) (ids []int32, values [][]byte) {
	for _, index := range indexes {
		ids, values = append(ids, index.KeyID), append(values, index.Value)
	}
	return ids, values
}

func lockout(failures int32, until *time.Time) domain.Lockout {
	l := domain.Lockout{Failures: int(failures)}
	if until != nil {
		l.LockedUntil = *until
	}
	return l
}
