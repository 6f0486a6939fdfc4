package domain

import (
	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

// Reach is where a notice is sent besides the feed.
type Reach int

const (
	// FeedOnly is for what a person looks up.
	FeedOnly Reach = iota
	// Once is one message: to the phone, or else to the e-mail address.
	Once
	// Everywhere is for what the holder must learn even if somebody else controls one of the contacts.
	Everywhere
)

// Notice is what a person is told because something happened.
type Notice struct {
	AccountID uuid.UUID
	Template  string
	// Params are stored in plain text: never personal data.
	Params map[string]string
	Reach  Reach
	// Level is the one that the account has reached: messages lead back to a partner that waits for it.
	Level accountv1.Level
}

// WayBack are the parameters that lead a message's reader back to a partner: its name and the request that waited.
func WayBack(partner, heldID string) map[string]string {
	return map[string]string{"partner": partner, "held": heldID}
}

// Target is one contact of a person.
type Target struct {
	Channel     Channel
	Destination string
}

// Targets are the contacts to which a notice is sent.
func (r Reach) Targets(phone, email string) []Target {
	var all []Target
	if phone != "" {
		all = append(all, Target{notificationv1.Channel_SMS, phone})
	}
	if email != "" {
		all = append(all, Target{notificationv1.Channel_EMAIL, email})
	}
	switch {
	case r == FeedOnly:
		return nil
	case r == Once && len(all) > 1:
		return all[:1]
	}
	return all
}
