package store

import (
	"context"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store/db"
)

// Attempt finds a guess that was decided before.
func (c conn) Attempt(ctx context.Context, flowID, id string) (domain.Attempt, bool, error) {
	row, err := c.q.GetAttempt(ctx, db.GetAttemptParams{FlowID: flowID, ID: id})
	if pg.IsNotFound(err) {
		return domain.Attempt{}, false, nil
	}
	return domain.Attempt{
		FlowID: flowID, ID: id, SendID: row.SendID, Correct: row.Correct, Remaining: int(row.Remaining),
	}, err == nil, err
}

// RecordAttempt records a guess that is being decided; false: a concurrent call has recorded it.
func (t *Tx) RecordAttempt(ctx context.Context, a domain.Attempt) (bool, error) {
	n, err := t.q.InsertAttempt(ctx, db.InsertAttemptParams{
		FlowID: a.FlowID, ID: a.ID, SendID: a.SendID, Correct: a.Correct, Remaining: int32(a.Remaining),
	})
	return n == 1, err
}
