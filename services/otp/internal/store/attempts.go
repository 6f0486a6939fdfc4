package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store/db"
)

// Spend records the right guess and marks its code as used; false: a concurrent call has recorded the same guess. A code
// that another guess has used is refused.
func (t *Tx) Spend(ctx context.Context, a domain.Attempt, at time.Time) (bool, error) {
	row, err := t.q.SpendCode(ctx, db.SpendCodeParams{
		FlowID: a.FlowID, ID: a.ID, SendID: a.SendID, Remaining: int32(a.Remaining), SpentAt: at,
	})
	if err == nil && row.Recorded && !row.Spent {
		err = domain.NoCode()
	}
	return row.Recorded, err
}

// CountFailure records a wrong guess, with the failures and the lock as it leaves them; false: a concurrent call has
// recorded it.
func (t *Tx) CountFailure(ctx context.Context, a domain.Attempt, destination uuid.UUID, l domain.Lockout) (bool, error) {
	var until *time.Time
	if !l.LockedUntil.IsZero() {
		until = &l.LockedUntil
	}
	n, err := t.q.CountFailure(ctx, db.CountFailureParams{
		FlowID: a.FlowID, ID: a.ID, SendID: a.SendID, Remaining: int32(a.Remaining),
		DestinationID: destination, Failures: int32(l.Failures), LockedUntil: until,
	})
	return n == 1, err
}
