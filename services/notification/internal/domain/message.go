// Package domain decides to whom a message goes, when it is tried again and when it is given up.
package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Channel is the way to the person.
type Channel string

// The channels, as they are stored and as events name them.
const (
	SMS   Channel = "SMS"
	Email Channel = "EMAIL"
)

// State is how far a message has come.
type State string

// The states a message ends in; until then it is queued.
const (
	// Sent: a provider has taken it.
	Sent State = "SENT"
	// Failed: it was given up.
	Failed State = "FAILED"
)

// Message is one SMS or e-mail that is queued.
type Message struct {
	ID uuid.UUID
	// Key: twice the same is one message.
	Key      string
	Template string
	Channel  Channel
	Language string
	// Destination is an E.164 phone or an e-mail address.
	Destination string
	// Params fill the template; they may be secret.
	Params map[string]string
	// AccountID is the addressee's, when it is known.
	AccountID uuid.NullUUID
	// Attempts is how often it was tried, this time included.
	Attempts   int
	ExpireTime time.Time
}

// CheckDestination says what is wrong with the destination.
func (m Message) CheckDestination() error {
	if m.Channel == SMS {
		_, err := identifiers.ParsePhone(m.Destination)
		return err
	}
	_, err := identifiers.ParseEmail(m.Destination)
	return err
}

// Language is the wanted one if there are words in it, else Russian.
func Language(wanted string) string {
	if wanted == "en" {
		return "en"
	}
	return "ru"
}

// Backoff is how long a message waits between tries: First, then twice as long each time, at most Last.
type Backoff struct{ First, Last time.Duration }

// After is the pause after so many tries.
func (b Backoff) After(tries int) time.Duration {
	pause := b.First
	for i := 1; i < tries && pause < b.Last; i++ {
		pause *= 2
	}
	return min(pause, b.Last)
}
