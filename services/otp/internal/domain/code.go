package domain

import (
	"time"

	"github.com/google/uuid"
)

// Channel is the way to the person.
type Channel string

// The channels, as they are written in events.
const (
	SMS   Channel = "SMS"
	Email Channel = "EMAIL"
)

// Code is a live code as it is kept: never itself, only its MAC.
type Code struct {
	// ID is the id of the send.
	ID uuid.UUID
	// FlowID is the only flow that may use it.
	FlowID string
	MAC    []byte
	// Decoy: no guess is right.
	Decoy      bool
	ExpireTime time.Time
}

// Life is how long a code sent by the channel can be used.
func (l Limits) Life(c Channel) time.Duration {
	if c == Email {
		return l.LinkLife
	}
	return l.CodeLife
}
