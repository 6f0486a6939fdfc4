// Package domain decides who gets a message and in which language, and what a page of the feed is.
package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/identifiers"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

// Channel is the way to the person.
type Channel = notificationv1.Channel

// State is the final state of a message. No contract shows it.
type State string

// The final states; until then a message is queued.
const (
	// Sent: a provider has accepted it.
	Sent State = "SENT"
	// Failed: it was given up.
	Failed State = "FAILED"
)

// Message is one SMS or e-mail that is queued.
type Message struct {
	ID uuid.UUID
	// Key is the natural key: two requests with the same key are one message.
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
	// Attempts is how often it was tried, this attempt included.
	Attempts   int
	ExpireTime time.Time
	// InHandUntil is until when the process that stored the message delivers it from memory; zero: a job does.
	InHandUntil time.Time
}

// CheckDestination says what is wrong with the destination.
func (m Message) CheckDestination() error {
	if m.Channel == notificationv1.Channel_SMS {
		_, err := identifiers.ParsePhone(m.Destination)
		return err
	}
	_, err := identifiers.ParseEmail(m.Destination)
	return err
}

// Language is the requested one if there are templates in it, else Russian.
func Language(requested string) string {
	if requested == "en" {
		return "en"
	}
	return "ru"
}
