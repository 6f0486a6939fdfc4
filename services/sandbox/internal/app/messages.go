package app

import (
	"context"
	"fmt"
	"time"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// shownMessages is how many the virtual phone shows.
const shownMessages = 200

// Latest are the newest messages that match.
func (a *App) Latest(ctx context.Context, f domain.Filter) ([]domain.Message, error) {
	return a.Store.Messages(ctx, f, domain.Newest(), shownMessages, a.Now())
}

// Messages is a page of those that match, newest first, and the token of the next. It waits until one matches, at most
// that long.
func (a *App) Messages(ctx context.Context, f domain.Filter, q paging.Query, wait time.Duration) ([]domain.Message, string, error) {
	list := paging.List[domain.Place]{Keys: a.Keys, Name: "messages", Start: domain.Newest()}
	page, err := list.Page(fmt.Sprintf("%s %q %d", f.Channel, f.Recipient, f.After), q)
	if err != nil {
		return nil, "", err
	}
	var out []domain.Message
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err = a.Changes.WaitFor(waiting, func() (bool, error) {
		var err error
		out, err = a.Store.Messages(ctx, f, page.After, page.Limit(), a.Now())
		return len(out) > 0, err
	})
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, out, domain.Message.Place)
}

// Watch calls changed whenever there is a new message, until ctx ends.
func (a *App) Watch(ctx context.Context, changed func(last int64) error) error {
	seen := int64(-1)
	return a.Changes.WaitFor(ctx, func() (bool, error) {
		last, err := a.Store.Last(ctx, a.Now())
		if ctx.Err() != nil || err == nil && last == seen {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		seen = last
		return false, changed(last)
	})
}

// Message is one message's HTML and attachment.
func (a *App) Message(ctx context.Context, id int64) (domain.Message, error) {
	return a.Store.Message(ctx, id, a.Now())
}

// Attachment is the file of that name in a message.
func (a *App) Attachment(ctx context.Context, id int64, name string) (domain.Attachment, error) {
	m, err := a.Message(ctx, id)
	if err == nil && (name == "" || m.Attachment.Name != name) {
		err = domain.ErrNoMessage()
	}
	return m.Attachment, err
}

// Recipients are the contacts that got messages.
func (a *App) Recipients(ctx context.Context) ([]string, error) {
	return a.Store.Recipients(ctx, a.Now())
}
