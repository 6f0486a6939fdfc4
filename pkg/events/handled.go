package events

import (
	"maps"
	"slices"
)

// Handled are the subjects of the events that have a handler, in order; all says that one handles whatever comes.
func (c *Consumer) Handled() (subjects []string, all bool) {
	return slices.Sorted(maps.Keys(c.handlers)), c.all != nil
}
