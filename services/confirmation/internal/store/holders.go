package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/confirmation/internal/store/db"
)

// LockHolder locks the account's row until the transaction ends and returns the times of its recent wrong codes, oldest
// first.
func (t *Tx) LockHolder(ctx context.Context, accountID uuid.UUID) ([]time.Time, error) {
	return t.q.LockHolder(ctx, accountID)
}

// SetTries stores the times of the recent wrong codes.
func (t *Tx) SetTries(ctx context.Context, accountID uuid.UUID, tries []time.Time) error {
	return t.q.SetTries(ctx, db.SetTriesParams{AccountID: accountID, RecentTries: tries})
}
