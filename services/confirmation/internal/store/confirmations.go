package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store/db"
)

// Confirmation is the evidence that a holder is the person.
type Confirmation struct {
	// ID is the evidence's.
	ID, AccountID, LetterID, SnapshotID uuid.UUID
	Method                              string
	State                               domain.Evidence
}

// InsertConfirmation keeps new evidence, which account has not seen yet.
func (t *Tx) InsertConfirmation(ctx context.Context, c Confirmation, now time.Time) error {
	return t.q.InsertConfirmation(ctx, db.InsertConfirmationParams{
		ID: c.ID, AccountID: c.AccountID, Method: c.Method, LetterOrderID: c.LetterID, SnapshotID: c.SnapshotID, CreatedAt: now,
	})
}

// ConfirmationOf finds the evidence that a letter's code has given.
func (t *Tx) ConfirmationOf(ctx context.Context, letterID uuid.UUID) (Confirmation, bool, error) {
	row, err := t.q.ConfirmationOfLetter(ctx, letterID)
	if pg.IsNotFound(err) {
		return Confirmation{}, false, nil
	}
	return confirmation(db.GetConfirmationRow(row)), err == nil, err
}

// Confirmation finds evidence by its id.
func (s *Store) Confirmation(ctx context.Context, id uuid.UUID) (Confirmation, error) {
	row, err := db.New(s.pool).GetConfirmation(ctx, id)
	return confirmation(row), err
}

// Decide notes account's answer; false: it was noted before.
func (t *Tx) Decide(ctx context.Context, id uuid.UUID, state domain.Evidence, now time.Time) (bool, error) {
	n, err := t.q.DecideConfirmation(ctx, db.DecideConfirmationParams{ID: id, State: string(state), DecidedAt: &now})
	return n == 1, err
}

func confirmation(row db.GetConfirmationRow) Confirmation {
	return Confirmation{
		ID: row.ID, AccountID: row.AccountID, LetterID: row.LetterOrderID, SnapshotID: row.SnapshotID,
		Method: row.Method, State: domain.Evidence(row.State),
	}
}
