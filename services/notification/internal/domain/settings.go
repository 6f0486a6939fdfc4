package domain

import (
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

// Switch is a kind of messages that people can do without.
type Switch = notificationv1.Switch

// Settings are the channels by which a person wants to be told of each kind; of one that is missing by none.
type Settings map[Switch][]Channel

// Switches are all kinds, in the order in which they are shown.
func Switches() []Switch {
	return []Switch{notificationv1.Switch_SIGN_IN, notificationv1.Switch_SIGN_OUT}
}
