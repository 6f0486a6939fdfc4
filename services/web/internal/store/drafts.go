package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/web/internal/store/db"
)

const (
	// DraftLife is how long a draft can be gone on with; the table's comment has it deleted soon after.
	DraftLife = 24 * time.Hour
	// maxDrafts is how many an account has at most.
	maxDrafts = 20
)

// Draft is a form that an account's holder has sent and that was not accepted.
type Draft struct {
	ID string
	// Content is what was typed and what was wrong with it.
	Content []byte
	SavedAt time.Time
}

// PutDraft stores what was typed into a form; the same id twice overwrites.
func (s *Store) PutDraft(ctx context.Context, account, form string, d Draft) error {
	owner, err := uuid.Parse(account)
	if err != nil {
		return err
	}
	sealed, err := s.keys.Seal(d.Content, draftData(account, d.ID))
	if err != nil {
		return err
	}
	err = s.q.PutDraft(ctx, db.PutDraftParams{AccountID: owner, ID: d.ID, Form: form, Content: sealed, SavedAt: d.SavedAt})
	if err != nil {
		return err
	}
	return s.q.DeleteOldDrafts(ctx, db.DeleteOldDraftsParams{AccountID: owner, Keep: maxDrafts})
}

// Draft finds a form's draft by its id, or without one the newest; false: there is none.
func (s *Store) Draft(ctx context.Context, account, form, id string, now time.Time) (Draft, bool, error) {
	owner, err := uuid.Parse(account)
	if err != nil {
		return Draft{}, false, err
	}
	row, err := s.row(ctx, owner, form, id, now.Add(-DraftLife))
	if errors.Is(err, pgx.ErrNoRows) {
		return Draft{}, false, nil
	}
	if err != nil {
		return Draft{}, false, err
	}
	content, err := s.keys.Open(row.Content, draftData(account, row.ID))
	return Draft{ID: row.ID, Content: content, SavedAt: row.SavedAt}, err == nil, err
}

func (s *Store) row(ctx context.Context, owner uuid.UUID, form, id string, after time.Time) (db.LatestDraftRow, error) {
	if id == "" {
		return s.q.LatestDraft(ctx, db.LatestDraftParams{AccountID: owner, Form: form, After: after})
	}
	row, err := s.q.GetDraft(ctx, db.GetDraftParams{AccountID: owner, Form: form, ID: id, After: after})
	return db.LatestDraftRow(row), err
}

// DeleteDrafts forgets what was typed into a form.
func (s *Store) DeleteDrafts(ctx context.Context, account, form string) error {
	owner, err := uuid.Parse(account)
	if err != nil {
		return err
	}
	return s.q.DeleteDrafts(ctx, db.DeleteDraftsParams{AccountID: owner, Form: form})
}

func draftData(account, id string) secret.AssociatedData {
	return secret.AssociatedData{Table: "drafts", Row: account + "/" + id, Column: "content"}
}
