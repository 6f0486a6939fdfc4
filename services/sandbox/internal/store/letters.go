package store

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/pg"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/store/db"
)

// InsertLetter stores a letter; false: it, or another one with its number, is there already. Exactly one of several concurrent
// callers inserts it: with only one of the two keys named, PostgreSQL may find the other one violated first.
func (t *Tx) InsertLetter(ctx context.Context, p domain.Parcel) (bool, error) {
	n, err := t.q.InsertLetter(ctx, db.InsertLetterParams{
		LetterOrderID: p.LetterOrderID, TrackingNumber: p.TrackingNumber, Addressee: p.Addressee, Address: p.Address,
		Contacts: p.Contacts, Pdf: p.PDF, Body: p.Text, State: p.State.String(),
	})
	return n == 1, err
}

// LockLetter finds a letter and locks it until the transaction ends.
func (t *Tx) LockLetter(ctx context.Context, id string) (domain.Parcel, error) {
	r, err := t.q.LockLetter(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Parcel{}, domain.ErrNoLetter()
	}
	return domain.Parcel{
		LetterOrderID: r.LetterOrderID, TrackingNumber: r.TrackingNumber, Addressee: r.Addressee, Address: r.Address,
		Contacts: r.Contacts, PDF: r.Pdf, Text: r.Body, State: state(r.State),
	}, err
}

// MoveLetter stores where a letter is now.
func (t *Tx) MoveLetter(ctx context.Context, id string, to domain.State, at time.Time) error {
	if err := t.q.SetLetterState(ctx, db.SetLetterStateParams{LetterOrderID: id, State: to.String()}); err != nil {
		return err
	}
	return t.q.InsertMove(ctx, db.InsertMoveParams{LetterOrderID: id, State: to.String(), MovedAt: at})
}

// HasLetter says whether the post has the letter.
func (c conn) HasLetter(ctx context.Context, id string) (bool, error) {
	return c.q.HasLetter(ctx, id)
}

// Moves are the track of a letter by its number, oldest first; none: the post does not have it.
func (c conn) Moves(ctx context.Context, trackingNumber string) ([]domain.Move, error) {
	rows, err := c.q.ListMoves(ctx, trackingNumber)
	out := make([]domain.Move, len(rows))
	for i, r := range rows {
		out[i] = domain.Move{State: state(r.State), Time: r.MovedAt}
	}
	return out, err
}

func state(name string) domain.State { return domain.State(confirmationv1.LetterState_value[name]) }
