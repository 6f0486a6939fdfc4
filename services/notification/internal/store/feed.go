package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store/db"
)

// AddEntry puts an entry into a feed, with the commit.
func (t *Tx) AddEntry(ctx context.Context, e domain.Entry) error {
	params, err := json.Marshal(e.Params)
	if err != nil {
		return err
	}
	return db.New(t.Last()).InsertEntry(ctx, db.InsertEntryParams{
		ID: e.ID, AccountID: e.AccountID, Type: e.Template, Params: params, CreatedAt: e.Time,
	})
}

// Entries are an account's feed entries of a kind before a moment, newest first.
func (c conn) Entries(
	ctx context.Context, account uuid.UUID, kind domain.Kind, before paging.Moment, limit int32,
) ([]domain.Entry, error) {
	rows, err := c.q.ListEntries(ctx, db.ListEntriesParams{
		AccountID: account, Limit: limit, BeforeAt: before.Time, BeforeID: before.ID, Types: domain.TemplatesOf(kind),
	})
	if err != nil {
		return nil, err
	}
	out := make([]domain.Entry, len(rows))
	for i, row := range rows {
		out[i] = domain.Entry{ID: row.ID, AccountID: account, Template: row.Type, Time: row.CreatedAt, Unread: row.Unread}
		if err := json.Unmarshal(row.Params, &out[i].Params); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CountUnread is how many entries of an account have not been seen.
func (c conn) CountUnread(ctx context.Context, account uuid.UUID) (int32, error) {
	return c.q.CountUnread(ctx, account)
}

// MarkRead notes that an account's holder has seen everything up to an entry; false: the feed has no such entry.
func (c conn) MarkRead(ctx context.Context, account, entry uuid.UUID) (bool, error) {
	at, err := c.q.GetEntryTime(ctx, db.GetEntryTimeParams{ID: entry, AccountID: account})
	if pg.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, c.q.MarkRead(ctx, db.MarkReadParams{AccountID: account, SeenAt: at, SeenID: entry})
}
