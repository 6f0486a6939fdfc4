package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
)

// Number is a SNILS or passport as this service knows it: by its blind indexes under every live key, the primary
// first, and by the advisory lock that serialises its submissions.
type Number struct {
	Kind    string
	Indexes []secret.Index
	Lock    int64
}

// NumberHistories are how often each of the numbers was submitted since an instant.
func (c conn) NumberHistories(ctx context.Context, numbers []Number, since time.Time) ([]domain.NumberHistory, error) {
	out := make([]domain.NumberHistory, len(numbers))
	for i, n := range numbers {
		var err error
		if out[i], err = c.numberHistory(ctx, n, since); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c conn) numberHistory(ctx context.Context, n Number, since time.Time) (domain.NumberHistory, error) {
	values := make([][]byte, len(n.Indexes))
	for i, x := range n.Indexes {
		values[i] = x.Value
	}
	row, err := c.q.NumberHistory(ctx, db.NumberHistoryParams{Kind: n.Kind, IndexValues: values, Since: since})
	return domain.NumberHistory{Tries: int(row.Tries), LastTry: row.LastTry}, err
}

// LockNumber keeps other submissions of the number waiting until the transaction ends.
func (t *Tx) LockNumber(ctx context.Context, n Number) error { return t.q.LockNumber(ctx, n.Lock) }

// InsertNumber records that a verification is about the number.
func (t *Tx) InsertNumber(ctx context.Context, id uuid.UUID, n Number) error {
	return t.q.InsertNumber(ctx, db.InsertNumberParams{
		VerificationID: id, Kind: n.Kind, IndexKeyID: n.Indexes[0].KeyID, IndexValue: n.Indexes[0].Value,
	})
}
