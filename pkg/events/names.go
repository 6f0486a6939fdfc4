package events

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// Subject is where an event of this type is published. A fact, propusk.registration.events.v1.RegistrationFailed,
// becomes propusk.registration.v1.registration_failed; a record gets a subject below propusk.registration.records.v1.
func Subject(d protoreflect.MessageDescriptor) string {
	kind := ""
	if IsRecord(d) {
		kind = ".records"
	}
	return fmt.Sprintf("propusk.%s%s.v1.%s", Producer(d), kind, snake(string(d.Name())))
}

// IsRecord says whether only audit wants events of this type: their contract has the option record.
func IsRecord(d protoreflect.MessageDescriptor) bool {
	record, ok := proto.GetExtension(d.Options(), optionsv1.E_Record).(bool)
	return ok && record
}

// Producer is the service whose contract the event belongs to: the second part of its package.
func Producer(d protoreflect.Descriptor) string {
	parts := strings.Split(string(d.FullName()), ".")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// StreamName is the stream of a producer's facts: what others act on.
func StreamName(producer string) string { return "PROPUSK_" + strings.ToUpper(producer) }

// RecordStreamName is the stream of a producer's records: what only audit wants.
func RecordStreamName(producer string) string { return StreamName(producer) + "_RECORDS" }

// StreamNames are all streams of these producers.
func StreamNames(producers ...string) []string {
	var out []string
	for _, p := range producers {
		out = append(out, StreamName(p), RecordStreamName(p))
	}
	slices.Sort(out)
	return out
}

// streamOf is the stream that events of this type are in.
func streamOf(d protoreflect.MessageDescriptor) string {
	if IsRecord(d) {
		return RecordStreamName(Producer(d))
	}
	return StreamName(Producer(d))
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
