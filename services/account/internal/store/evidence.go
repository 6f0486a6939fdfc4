package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Decided is what was decided about evidence before. Evidence of this id that says something else is void.
func (t *Tx) Decided(ctx context.Context, e domain.Evidence) (refusal *errs.Error, found bool, err error) {
	row, err := t.q.GetEvidence(ctx, e.ID)
	if pg.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if row.AccountID != e.AccountID || accountv1.Level(row.Level) != e.Level || row.SnapshotID != e.Snapshot {
		return domain.Void(), true, nil
	}
	return domain.Refusal(row.Refusal), true, nil
}

// Decide records the decision; a nil refusal accepts.
func (t *Tx) Decide(ctx context.Context, e domain.Evidence, refusal *errs.Error, at time.Time) error {
	p := db.InsertEvidenceParams{
		ID: e.ID, AccountID: e.AccountID, Level: int16(e.Level), SnapshotID: e.Snapshot, DecidedAt: at,
	}
	if refusal != nil {
		p.Refusal = refusal.Reason.String()
	}
	n, err := t.q.InsertEvidence(ctx, p)
	if err == nil && n == 0 {
		return pg.ErrRetry
	}
	return err
}
