package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// State is where a letter is.
type State = confirmationv1.LetterState

// Way is a letter's states in the simulated post, in their order.
func Way() []State {
	return []State{
		confirmationv1.LetterState_HANDED_OVER, confirmationv1.LetterState_IN_TRANSIT,
		confirmationv1.LetterState_AT_OFFICE, confirmationv1.LetterState_DELIVERED,
	}
}

// After are the states on the way from one to another, the last included; none when that would be a move back.
func After(from, to State) []State {
	var out []State
	on := false
	for _, s := range Way() {
		if on {
			out = append(out, s)
		}
		if s == from {
			on = true
		}
		if s == to {
			return out
		}
	}
	return out
}

// ErrNoLetter refuses a letter that the post does not have; it may still be on its way there.
func ErrNoLetter() error {
	return errs.New(errorsv1.Reason_LETTER_NOT_FOUND, "the post has no such letter").After(time.Second)
}

// Parcel is a letter that the post has.
type Parcel struct {
	LetterOrderID, TrackingNumber string
	Addressee, Address            string
	Contacts                      []string
	PDF                           []byte
	Text                          string
	State                         State
}

// Move is one entry of a letter's track.
type Move struct {
	State State
	Time  time.Time
}

// Options are the switches of the phone.
type Options struct {
	// Delay has SMS and e-mails arrive late, Drop never, Twice twice.
	Delay bool `json:"delay"`
	Drop  bool `json:"drop"`
	Twice bool `json:"twice"`
}
