package app

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/store"
)

// MoveJob moves a letter on to a state.
type MoveJob struct {
	LetterOrderID string `json:"letter_order_id"`
	// State is the state's name.
	State string `json:"state"`
}

// Kind names the job.
func (MoveJob) Kind() string { return "move_letter" }

// untilDone is more often than anybody waits for: a letter must not get stuck because the database was unavailable.
const untilDone = 10_000

// InsertOpts have the job tried for as long as it takes.
func (MoveJob) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: untilDone} }

// pdfName is the attachment of a delivered letter.
const pdfName = "letter.pdf"

// AcceptLetter is the hand-over: the letter is in transit at once and moves on by itself. A letter that the post has
// already, by its id, is left as it is.
func (a *App) AcceptLetter(ctx context.Context, p domain.Parcel) error {
	p.State = confirmationv1.LetterState_HANDED_OVER
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		first, err := tx.InsertLetter(ctx, p)
		if err != nil {
			return err
		}
		if !first {
			_, err := tx.LockLetter(ctx, p.LetterOrderID) // another letter may have its number
			return err
		}
		now := a.Now()
		if err := tx.MoveLetter(ctx, p.LetterOrderID, confirmationv1.LetterState_HANDED_OVER, now); err != nil {
			return err
		}
		if err := a.moveTo(ctx, tx, p, confirmationv1.LetterState_IN_TRANSIT); err != nil {
			return err
		}
		a.Changes.AfterCommit(ctx)
		for state, at := range map[domain.State]time.Time{
			confirmationv1.LetterState_AT_OFFICE: now.Add(a.LetterTime / 2), confirmationv1.LetterState_DELIVERED: now.Add(a.LetterTime),
		} {
			job := MoveJob{LetterOrderID: p.LetterOrderID, State: state.String()}
			if err := tx.Enqueue(ctx, job, &river.InsertOpts{ScheduledAt: at}); err != nil {
				return err
			}
		}
		return nil
	})
}

// MoveLetter moves a letter on its way; a move back has no effect.
func (a *App) MoveLetter(ctx context.Context, id string, to domain.State) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.LockLetter(ctx, id)
		if err != nil {
			return err
		}
		return a.moveTo(ctx, tx, p, to)
	})
}

// Deliver delivers a letter now. It waits a little for one that confirmation has not handed over yet: a test orders a
// letter and has it delivered at once.
func (a *App) Deliver(ctx context.Context, id string) error {
	waiting, cancel := context.WithTimeout(ctx, a.DeliverWait)
	defer cancel()
	err := a.Changes.WaitFor(waiting, func() (bool, error) { return a.Store.HasLetter(ctx, id) })
	if err != nil {
		return err
	}
	return a.MoveLetter(ctx, id, confirmationv1.LetterState_DELIVERED)
}

// Track is where a letter has been, oldest first, by its number; none: the post does not have it.
func (a *App) Track(ctx context.Context, number string) ([]domain.Move, error) {
	return a.Store.Moves(ctx, number)
}

// moveTo goes through every state up to the wanted one, so that the track has no gaps.
func (a *App) moveTo(ctx context.Context, tx *store.Tx, p domain.Parcel, to domain.State) error {
	for _, state := range domain.After(p.State, to) {
		if err := tx.MoveLetter(ctx, p.LetterOrderID, state, a.Now()); err != nil {
			return err
		}
		event := &eventsv1.LetterMoved{LetterOrderId: p.LetterOrderID, State: state.String()}
		if err := tx.Emit(ctx, p.LetterOrderID, event); err != nil {
			return err
		}
		if state == confirmationv1.LetterState_DELIVERED {
			if err := a.arrive(ctx, tx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrive shows a delivered letter among the messages of every contact of the addressee.
func (a *App) arrive(ctx context.Context, tx *store.Tx, p domain.Parcel) error {
	return a.insert(ctx, tx, domain.Message{
		SourceID: p.LetterOrderID, Channel: domain.Letter, Recipients: p.Contacts,
		Subject: "Заказное письмо " + p.TrackingNumber, Text: p.Text,
		Attachment: domain.Attachment{Name: pdfName, Type: "application/pdf", Content: p.PDF},
	}, domain.Options{})
}
