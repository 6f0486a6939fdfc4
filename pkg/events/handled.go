package events

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// ProducerOf is the service whose contract the event belongs to, by name.
func ProducerOf(d protoreflect.MessageDescriptor) string { return producerOf(d) }

// Handled are the subjects of the events that have a handler, in order; all says that one handles whatever comes.
func (c *Consumer) Handled() (subjects []string, all bool) {
	return slices.Sorted(maps.Keys(c.handlers)), c.all != nil
}
