package events

import (
	"fmt"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Subject is where an event of this type is published: propusk.registration.events.v1.RegistrationFailed
// becomes propusk.registration.v1.registration_failed.
func Subject(d protoreflect.MessageDescriptor) string {
	return fmt.Sprintf("propusk.%s.v1.%s", producerOf(d), snake(string(d.Name())))
}

// StreamName is the stream of one producer's events.
func StreamName(service string) string { return "PROPUSK_" + strings.ToUpper(service) }

// producerOf is the service whose contract the event belongs to: the second part of its package.
func producerOf(d protoreflect.MessageDescriptor) string {
	parts := strings.Split(string(d.FullName()), ".")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
