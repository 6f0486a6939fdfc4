package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
)

// Number is a SNILS or passport as this service knows it: by its indexes under every live key, the primary
// first, and by the lock under which its submissions take turns.
type Number struct {
	Kind    string
	Indexes []secret.Index
	Lock    int64
}

// NumberHistory is how often the number was submitted since an instant.
func (r Reader) NumberHistory(ctx context.Context, n Number, since time.Time) (domain.NumberHistory, error) {
	values := make([][]byte, len(n.Indexes))
	for i, x := range n.Indexes {
		values[i] = x.Value
	}
	row, err := r.q.NumberHistory(ctx, db.NumberHistoryParams{Kind: n.Kind, IndexValues: values, Since: since})
	return domain.NumberHistory{Tries: int(row.Tries), LastTry: row.LastTry}, err
}

// LockNumber waits until no other submission of the number is under way.
func (t *Tx) LockNumber(ctx context.Context, n Number) error { return t.q.LockNumber(ctx, n.Lock) }

// InsertNumber notes that a verification is about the number.
func (t *Tx) InsertNumber(ctx context.Context, id uuid.UUID, n Number) error {
	return t.q.InsertNumber(ctx, db.InsertNumberParams{
		VerificationID: id, Kind: n.Kind, IndexKeyID: n.Indexes[0].KeyID, IndexValue: n.Indexes[0].Value,
	})
}
