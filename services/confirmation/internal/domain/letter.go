// Package domain decides when a letter may be ordered, which way it can move and what a typed code is worth.
package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
)

// State is where a letter is.
type State = confirmationv1.LetterState

// step counts how far on its way to the door a letter is; -1 for the final states and for unknown ones.
func step(s State) int {
	return slices.Index([]State{
		confirmationv1.LetterState_CREATED, confirmationv1.LetterState_PRINTED, confirmationv1.LetterState_HANDED_OVER,
		confirmationv1.LetterState_IN_TRANSIT, confirmationv1.LetterState_AT_OFFICE,
		confirmationv1.LetterState_DELIVERED, confirmationv1.LetterState_RETURNED,
	}, s)
}

// CanMove says whether a letter can go from one state to another: forwards on its way, never back, and not once its
// code is used, void or expired.
func CanMove(from, to State) bool { return step(from) >= 0 && step(from) < step(to) }

// Letter is one order as decisions see it.
type Letter struct {
	ID         uuid.UUID
	State      State
	Tries      int
	CreateTime time.Time
	ExpireTime time.Time
}

// Live says whether the letter's code may still be accepted. A returned letter's code never is: nobody has read it.
func (l Letter) Live(now time.Time) bool {
	return step(l.State) >= 0 && l.State != confirmationv1.LetterState_RETURNED && now.Before(l.ExpireTime)
}

// StateAt is the state at an instant: a letter expires by time, not by the job that records it.
func (l Letter) StateAt(now time.Time) State {
	if step(l.State) >= 0 && !now.Before(l.ExpireTime) {
		return confirmationv1.LetterState_LETTER_EXPIRED
	}
	return l.State
}
