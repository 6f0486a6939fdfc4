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

// OrderReservation is until when an order of the account is under way; zero: none is. The holder is locked.
func (t *Tx) OrderReservation(ctx context.Context, accountID uuid.UUID) (time.Time, error) {
	until, err := t.q.OrderReservation(ctx, accountID)
	if err != nil || until == nil {
		return time.Time{}, err
	}
	return *until, nil
}

// ReserveOrder has other orders of the account refused until then.
func (t *Tx) ReserveOrder(ctx context.Context, accountID uuid.UUID, until time.Time) error {
	return t.q.ReserveOrder(ctx, db.ReserveOrderParams{AccountID: accountID, OrderReservedUntil: &until})
}
