package domain

import (
	"slices"

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
	// Chosen is for what the person may have chosen to be told of, by the channels of the notice's switch.
	Chosen
)

// Notice is what a person is told because something happened.
type Notice struct {
	AccountID uuid.UUID
	Template  string
	// Params are stored in plain text: never personal data.
	Params map[string]string
	Reach  Reach
	// Switch is the kind that a notice of reach Chosen is of; Channels are those that the person has chosen for it.
	Switch   Switch
	Channels []Channel
	// Silent: where the person has chosen no channel, not even the feed has it.
	Silent bool
	// Except is the way on which the person is told by another message; unspecified: none.
	Except Channel
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
func (n Notice) Targets(phone, email string) []Target {
	var all []Target
	for _, t := range []Target{{notificationv1.Channel_SMS, phone}, {notificationv1.Channel_EMAIL, email}} {
		if t.Destination != "" && n.mayUse(t.Channel) {
			all = append(all, t)
		}
	}
	switch {
	case n.Reach == FeedOnly:
		return nil
	case n.Reach == Once && len(all) > 1:
		return all[:1]
	}
	return all
}

func (n Notice) mayUse(c Channel) bool {
	return c != n.Except && (n.Reach != Chosen || slices.Contains(n.Channels, c))
}

// Untold says that the person has chosen not to be told.
func (n Notice) Untold() bool { return n.Silent && len(n.Channels) == 0 }
