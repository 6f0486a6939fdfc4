package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/store"
)

// MoveJob takes a letter on to a state.
type MoveJob struct {
	LetterOrderID string       `json:"letter_order_id"`
	State         domain.State `json:"state"`
}

// Kind names the job.
func (MoveJob) Kind() string { return "move_letter" }

// untilDone outlives any outage: a letter must not get stuck because the database was away.
const untilDone = 10_000

// InsertOpts have the job tried for as long as it takes.
func (MoveJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// pdfName is the attachment of a delivered letter.
const pdfName = "letter.pdf"

// TakeLetter is the hand-over: the letter is in transit at once and moves on by itself. One that the post has is
// left alone.
func (a *App) TakeLetter(ctx context.Context, p domain.Parcel) error {
	p.State = domain.HandedOver
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		first, err := tx.InsertLetter(ctx, p)
		if !first || err != nil {
			return err
		}
		now := a.Now()
		if err := tx.MoveLetter(ctx, p.LetterOrderID, domain.HandedOver, now); err != nil {
			return err
		}
		if err := a.moveTo(ctx, tx, p, domain.InTransit); err != nil {
			return err
		}
		a.News.AfterCommit(ctx)
		for state, at := range map[domain.State]time.Time{
			domain.AtOffice: now.Add(a.LetterTime / 2), domain.Delivered: now.Add(a.LetterTime),
		} {
			job := MoveJob{LetterOrderID: p.LetterOrderID, State: state}
			if err := tx.Later(ctx, job, &river.InsertOpts{ScheduledAt: at}); err != nil {
				return err
			}
		}
		return nil
	})
}

// MoveLetter takes a letter on; back it does not go.
func (a *App) MoveLetter(ctx context.Context, id string, to domain.State) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.LockLetter(ctx, id)
		if err != nil {
			return err
		}
		return a.moveTo(ctx, tx, p, to)
	})
}

// Deliver puts a letter into the letter box now. It waits a little for one that confirmation has not handed over
// yet: a test orders a letter and asks for it in the same breath.
func (a *App) Deliver(ctx context.Context, id string) error {
	waiting, cancel := context.WithTimeout(ctx, a.DeliverWait)
	defer cancel()
	err := a.News.Until(waiting, func() (bool, error) { return a.Store.HasLetter(ctx, id) })
	if err != nil {
		return err
	}
	return a.MoveLetter(ctx, id, domain.Delivered)
}

// Track is where a letter has been, oldest first, by its number; none: the post does not know it.
func (a *App) Track(ctx context.Context, number string) ([]domain.Move, error) {
	return a.Store.Moves(ctx, number)
}

// moveTo goes through every state up to the one wanted, so that the track has no holes.
func (a *App) moveTo(ctx context.Context, tx *store.Tx, p domain.Parcel, to domain.State) error {
	for _, state := range domain.After(p.State, to) {
		if err := tx.MoveLetter(ctx, p.LetterOrderID, state, a.Now()); err != nil {
			return err
		}
		event := &eventsv1.LetterMoved{LetterOrderId: p.LetterOrderID, State: string(state)}
		if err := tx.Emit(ctx, p.LetterOrderID, event); err != nil {
			return err
		}
		if state == domain.Delivered {
			if err := a.arrive(ctx, tx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrive shows a delivered letter among the messages, under every contact of the addressee.
func (a *App) arrive(ctx context.Context, tx *store.Tx, p domain.Parcel) error {
	return a.insert(ctx, tx, domain.Message{
		SourceID: p.LetterOrderID, Channel: domain.Letter, Recipients: p.Contacts,
		Subject: "Заказное письмо " + p.TrackingNumber, Text: p.Text,
		Attachment: domain.Attachment{Name: pdfName, Type: "application/pdf", Content: p.PDF},
	}, domain.Options{})
}
