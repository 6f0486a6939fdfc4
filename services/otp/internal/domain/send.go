package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Send is one code on its way, or that went out.
type Send struct {
	ID, DestinationID uuid.UUID
	FlowID            string
	// CallerIDs are the names that callers gave the send.
	CallerIDs  []string
	AddressMAC []byte
	At         time.Time
	// SealedCode is the code itself, encrypted, until notification has taken the message.
	SealedCode []byte
	HandedOver bool
	// Spent: the code was used.
	Spent bool
}

// Sends are what a destination was sent within [Day], oldest first.
type Sends []Send

// Named finds the flow's send that a caller gave this name.
func (s Sends) Named(flowID, callerID string) (Send, bool) {
	return s.last(func(x Send) bool { return x.FlowID == flowID && slices.Contains(x.CallerIDs, callerID) })
}

// Pending finds a send of the flow, made after the instant, that notification has not taken.
func (s Sends) Pending(flowID string, after time.Time) (Send, bool) {
	return s.last(func(x Send) bool {
		return x.FlowID == flowID && !x.HandedOver && x.SealedCode != nil && x.At.After(after)
	})
}

func (s Sends) last(is func(Send) bool) (Send, bool) {
	for _, x := range slices.Backward(s) {
		if is(x) {
			return x, true
		}
	}
	return Send{}, false
}

// after are the sends younger than the instant.
func (s Sends) after(t time.Time) Sends {
	at := slices.IndexFunc(s, func(x Send) bool { return x.At.After(t) })
	if at < 0 {
		return nil
	}
	return s[at:]
}

// live says when the live codes of other flows were sent, the oldest first: a flow's newest code, unless it is spent, of
// those younger than the instant.
func (s Sends) live(flowID string, born time.Time) []time.Time {
	newest := map[string]Send{}
	for _, x := range s.after(born) {
		newest[x.FlowID] = x
	}
	var out []time.Time
	for flow, x := range newest {
		if flow != flowID && !x.Spent {
			out = append(out, x.At)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}
