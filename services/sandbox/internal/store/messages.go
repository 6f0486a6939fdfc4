package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/store/db"
)

// LockMessages has messages appear one after another until the transaction ends.
func (t *Tx) LockMessages(ctx context.Context) error { return t.q.LockMessages(ctx) }

// InsertMessage keeps one copy of a message; a copy that is there stays.
func (t *Tx) InsertMessage(ctx context.Context, m domain.Message, number int) error {
	return t.q.InsertMessage(ctx, db.InsertMessageParams{
		SourceID: m.SourceID, Copy: int32(number), Channel: string(m.Channel), Recipients: m.Recipients,
		Subject: m.Subject, Body: m.Text, Html: m.HTML, Code: m.Code,
		AttachmentName: m.Attachment.Name, AttachmentType: m.Attachment.Type, Attachment: m.Attachment.Content,
		VisibleAt: m.Time,
	})
}

// SweepMessages forgets some of what is older.
func (t *Tx) SweepMessages(ctx context.Context, before time.Time) error {
	return t.q.SweepMessages(ctx, before)
}

// Messages are at most 200, newest first, without the contents of attachments.
func (s *Store) Messages(ctx context.Context, f domain.Filter, now time.Time) ([]domain.Message, error) {
	rows, err := db.New(s.pool).ListMessages(ctx, db.ListMessagesParams{
		Now: now, Channel: string(f.Channel), Recipient: f.Recipient, After: f.After,
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
func (s *Store) Message(ctx context.Context, id int64, now time.Time) (domain.Message, error) {
	r, err := db.New(s.pool).GetMessage(ctx, db.GetMessageParams{ID: id, VisibleAt: now})
	if pg.IsNotFound(err) {
		return domain.Message{}, domain.ErrNoMessage()
	}
	return domain.Message{
		ID: r.ID, HTML: r.Html,
		Attachment: domain.Attachment{Name: r.AttachmentName, Type: r.AttachmentType, Content: r.Attachment},
	}, err
}

// Last is the id of the newest message, 0 when there is none.
func (s *Store) Last(ctx context.Context, now time.Time) (int64, error) {
	return db.New(s.pool).LastMessage(ctx, now)
}

// Recipients are the contacts that were written to, the last first.
func (s *Store) Recipients(ctx context.Context, now time.Time) ([]string, error) {
	return db.New(s.pool).ListRecipients(ctx, now)
}

// Options are the switches.
func (s *Store) Options(ctx context.Context) (domain.Options, error) {
	r, err := db.New(s.pool).GetOptions(ctx)
	return domain.Options{Delay: r.Delay, Drop: r.Drop, Twice: r.Twice}, err
}

// SetOptions turns the switches.
func (s *Store) SetOptions(ctx context.Context, o domain.Options) error {
	return db.New(s.pool).SetOptions(ctx, db.SetOptionsParams{Delay: o.Delay, Drop: o.Drop, Twice: o.Twice})
}
