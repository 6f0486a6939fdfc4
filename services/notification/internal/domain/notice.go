package domain

import "github.com/google/uuid"

// Reach is where a notice goes besides the feed.
type Reach int

const (
	// FeedOnly is for what a person looks up.
	FeedOnly Reach = iota
	// Once is one message: to the phone, or to the e-mail of who has none.
	Once
	// Everywhere is for what the holder must learn even if one contact is in other hands.
	Everywhere
)

// Notice is what a person is told because something happened.
type Notice struct {
	AccountID uuid.UUID
	Template  string
	// Params are kept in the open: never personal data.
	Params map[string]string
	Reach  Reach
}

// Target is one way to a person.
type Target struct {
	Channel     Channel
	Destination string
}

// Targets are the contacts that a notice goes to.
func (r Reach) Targets(phone, email string) []Target {
	var all []Target
	if phone != "" {
		all = append(all, Target{SMS, phone})
	}
	if email != "" {
		all = append(all, Target{Email, email})
	}
	switch {
	case r == FeedOnly:
		return nil
	case r == Once && len(all) > 1:
		return all[:1]
	}
	return all
}
