package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/rpc"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// Item is a rendered entry of the feed.
type Item struct {
	ID                string
	Type, Title, Text string
	Time              time.Time
	Kind              domain.Kind
	Unread            bool
}

// FeedQuery asks for a page of a person's feed.
type FeedQuery struct {
	AccountID uuid.UUID
	// Kind is the only kind that is wanted; unspecified: all.
	Kind domain.Kind
	Page paging.Query
}

// FeedPage is a page of a feed. The last one has an empty token.
type FeedPage struct {
	Items []Item
	Next  string
	// Unread counts the entries of all kinds that the person has not seen.
	Unread int32
}

// Feed is a page of a person's feed, newest first, in the language of the request.
func (a *App) Feed(ctx context.Context, q FeedQuery) (out FeedPage, err error) {
	list := paging.List[paging.Moment]{Keys: a.Keys, Name: "notifications", Start: paging.Newest()}
	page, err := list.Page(q.AccountID.String(), q.Page)
	if err != nil {
		return out, err
	}
	entries, err := a.Store.Entries(ctx, q.AccountID, q.Kind, page.After, page.Limit())
	if err != nil {
		return out, err
	}
	entries, out.Next, err = paging.Cut(page, entries, func(e domain.Entry) paging.Moment {
		return paging.Moment{Time: e.Time, ID: e.ID}
	})
	if err != nil {
		return out, err
	}
	if out.Unread, err = a.Store.CountUnread(ctx, q.AccountID); err != nil {
		return out, err
	}
	out.Items, err = a.renderEntries(entries, domain.Language(rpc.RequestOf(ctx).Language))
	return out, err
}

// MarkRead notes that a person has seen everything up to an entry of their feed.
func (a *App) MarkRead(ctx context.Context, account uuid.UUID, entry string) error {
	id, err := identifiers.ParseID(entry)
	if err != nil {
		return err
	}
	known, err := a.Store.MarkRead(ctx, account, id)
	if err == nil && !known {
		err = errs.New(errorsv1.Reason_NOT_FOUND, "the feed has no such entry")
	}
	return err
}

func (a *App) renderEntries(entries []domain.Entry, language string) ([]Item, error) {
	items := make([]Item, len(entries))
	for i, e := range entries {
		text, err := a.Templates.Entry(e.Template, language, e.Params)
		if err != nil {
			return nil, err
		}
		items[i] = Item{
			ID: e.ID.String(), Type: e.Template, Title: text.Title, Text: text.Text, Time: e.Time,
			Kind: domain.KindOf(e.Template), Unread: e.Unread,
		}
	}
	return items, nil
}
