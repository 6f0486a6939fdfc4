package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store/db"
)

// Confirmation is the evidence that the holder of an account is the person.
type Confirmation struct {
	// ID is the evidence's id.
	ID, AccountID, LetterID, SnapshotID uuid.UUID
	Method                              accountv1.Method
	State                               domain.Evidence
}

// InsertConfirmation stores new evidence, which account has not seen yet.
func (t *Tx) InsertConfirmation(ctx context.Context, c Confirmation, now time.Time) error {
	return t.q.InsertConfirmation(ctx, db.InsertConfirmationParams{
		ID: c.ID, AccountID: c.AccountID, Method: c.Method.String(), LetterOrderID: c.LetterID, SnapshotID: c.SnapshotID, CreatedAt: now,
	})
}

// ConfirmationOf finds the evidence that a letter's code has led to.
func (c conn) ConfirmationOf(ctx context.Context, letterID uuid.UUID) (Confirmation, bool, error) {
	row, err := c.q.ConfirmationOfLetter(ctx, letterID)
	if pg.IsNotFound(err) {
		return Confirmation{}, false, nil
	}
	return confirmation(db.GetConfirmationRow(row)), err == nil, err
}

// Confirmation finds evidence by its id.
func (c conn) Confirmation(ctx context.Context, id uuid.UUID) (Confirmation, error) {
	row, err := c.q.GetConfirmation(ctx, id)
	return confirmation(row), err
}

// Decide records account's answer; false: it was recorded before.
func (t *Tx) Decide(ctx context.Context, id uuid.UUID, state domain.Evidence, now time.Time) (bool, error) {
	n, err := t.q.DecideConfirmation(ctx, db.DecideConfirmationParams{ID: id, State: string(state), DecidedAt: &now})
	return n == 1, err
}

func confirmation(row db.GetConfirmationRow) Confirmation {
	return Confirmation{
		ID: row.ID, AccountID: row.AccountID, LetterID: row.LetterOrderID, SnapshotID: row.SnapshotID,
		Method: accountv1.Method(accountv1.Method_value[row.Method]), State: domain.Evidence(row.State),
	}
}
