// Package domain decides when a letter may be ordered, where it can move and what a typed code is worth.
package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// State is where a letter is, by the name of the contract's LetterState.
type State string

// The states: the way to the door, then the ends.
const (
	Created    State = "CREATED"
	Printed    State = "PRINTED"
	HandedOver State = "HANDED_OVER"
	InTransit  State = "IN_TRANSIT"
	AtOffice   State = "AT_OFFICE"
	Delivered  State = "DELIVERED"
	Returned   State = "RETURNED"
	Voided     State = "VOIDED"
	Redeemed   State = "REDEEMED"
	Expired    State = "LETTER_EXPIRED"
)

// place counts how far on its way a letter is; the ends have none.
func place(s State) int {
	way := []State{Created, Printed, HandedOver, InTransit, AtOffice, Delivered, Returned}
	return slices.Index(way, s)
}

// CanMove says whether a letter goes from one state to another: on its way, never backwards, and not once its
// code is used, void or expired.
func CanMove(from, to State) bool { return place(from) >= 0 && place(from) < place(to) }

// Letter is one order as decisions see it.
type Letter struct {
	ID         uuid.UUID
	State      State
	Tries      int
	CreateTime time.Time
	ExpireTime time.Time
}

// Live says whether the letter's code may still be accepted. A returned letter's never is: nobody has read it.
func (l Letter) Live(now time.Time) bool {
	return place(l.State) >= 0 && l.State != Returned && now.Before(l.ExpireTime)
}

// StateAt is the state as it is at an instant: a letter expires by time, not by the job that notes it.
func (l Letter) StateAt(now time.Time) State {
	if place(l.State) >= 0 && !now.Before(l.ExpireTime) {
		return Expired
	}
	return l.State
}
