package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// Messages are those that match, newest first. It waits until one matches, at most that long.
func (a *App) Messages(ctx context.Context, f domain.Filter, wait time.Duration) ([]domain.Message, error) {
	var out []domain.Message
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := a.Changes.WaitFor(waiting, func() (bool, error) {
		var err error
		out, err = a.Store.Messages(ctx, f, a.Now())
		return len(out) > 0, err
	})
	return out, err
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
