package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/store/db"
)

// LockMessages keeps other transactions from inserting messages until this one ends.
func (t *Tx) LockMessages(ctx context.Context) error { return t.q.LockMessages(ctx) }

// InsertMessage stores one copy of a message, unless it is there already.
func (t *Tx) InsertMessage(ctx context.Context, m domain.Message, number int) error {
	return t.q.InsertMessage(ctx, db.InsertMessageParams{
		SourceID: m.SourceID, Copy: int32(number), Channel: string(m.Channel), Recipients: m.Recipients,
		Subject: m.Subject, Body: m.Text, Html: m.HTML, Code: m.Code,
		AttachmentName: m.Attachment.Name, AttachmentType: m.Attachment.Type, Attachment: m.Attachment.Content,
		VisibleAt: m.Time,
	})
}

// SweepMessages deletes some of the messages from before an instant.
func (t *Tx) SweepMessages(ctx context.Context, before time.Time) error {
	return t.q.SweepMessages(ctx, before)
}

// Messages are those before a place, newest first, without the contents of attachments.
func (c conn) Messages(ctx context.Context, f domain.Filter, before domain.Place, limit int32, now time.Time) ([]domain.Message, error) {
	rows, err := c.q.ListMessages(ctx, db.ListMessagesParams{
		Now: now, Channel: string(f.Channel), Recipient: f.Recipient, After: f.After,
		BeforeAt: before.Time, BeforeID: before.ID, Size: limit,
	})
	out := make([]domain.Message, len(rows))
	for i, r := range rows {
		out[i] = domain.Message{
			ID: r.ID, SourceID: r.SourceID, Channel: domain.Channel(r.Channel), Recipients: r.Recipients,
			Subject: r.Subject, Text: r.Body, HTML: r.Html, Code: r.Code, Time: r.VisibleAt,
			Attachment: domain.Attachment{Name: r.AttachmentName, Type: r.AttachmentType},
		}
	}
	return out, err
}

// Message finds one message's HTML and attachment.
func (c conn) Message(ctx context.Context, id int64, now time.Time) (domain.Message, error) {
	r, err := c.q.GetMessage(ctx, db.GetMessageParams{ID: id, VisibleAt: now})
	if pg.IsNotFound(err) {
		return domain.Message{}, domain.ErrNoMessage()
	}
	return domain.Message{
		ID: r.ID, HTML: r.Html,
		Attachment: domain.Attachment{Name: r.AttachmentName, Type: r.AttachmentType, Content: r.Attachment},
	}, err
}

// Last is the id of the newest message, 0 when there is none.
func (c conn) Last(ctx context.Context, now time.Time) (int64, error) {
	return c.q.LastMessage(ctx, now)
}

// Recipients are the contacts that got messages, the most recent first.
func (c conn) Recipients(ctx context.Context, now time.Time) ([]string, error) {
	return c.q.ListRecipients(ctx, now)
}

// Options are the switches.
func (c conn) Options(ctx context.Context) (domain.Options, error) {
	r, err := c.q.GetOptions(ctx)
	return domain.Options{Delay: r.Delay, Drop: r.Drop, Twice: r.Twice}, err
}

// SetOptions sets the switches.
func (c conn) SetOptions(ctx context.Context, o domain.Options) error {
	return c.q.SetOptions(ctx, db.SetOptionsParams{Delay: o.Delay, Drop: o.Drop, Twice: o.Twice})
}
