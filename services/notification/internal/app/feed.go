package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// Item is a rendered entry of the feed.
type Item struct {
	ID                string
	Type, Title, Text string
	Time              time.Time
}

// Feed is a page of a person's feed, newest first, in the language of the request. The last page has an empty token.
func (a *App) Feed(ctx context.Context, account uuid.UUID, size int32, token string) (items []Item, next string, err error) {
	var wrong errs.Fields
	size, err = domain.PageSize(size)
	wrong.Check("page_size", err)
	below, err := domain.ParseCursor(token)
	wrong.Check("page_token", err)
	if err := wrong.Err(); err != nil {
		return nil, "", err
	}
	entries, err := a.Store.Entries(ctx, account, below, size+1)
	if err != nil {
		return nil, "", err
	}
	if len(entries) > int(size) {
		entries = entries[:size]
		next = domain.Below(entries[size-1]).Token()
	}
	items, err = a.renderEntries(entries, domain.Language(rpc.RequestOf(ctx).Language))
	return items, next, err
}

func (a *App) renderEntries(entries []domain.Entry, language string) ([]Item, error) {
	items := make([]Item, len(entries))
	for i, e := range entries {
		text, err := a.Templates.Entry(e.Template, language, e.Params)
		if err != nil {
			return nil, err
		}
		items[i] = Item{ID: e.ID.String(), Type: e.Template, Title: text.Title, Text: text.Text, Time: e.Time}
	}
	return items, nil
}
