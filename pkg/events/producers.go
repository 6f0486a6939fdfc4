package events

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	// The contracts of all events: who has one here is a producer.
	_ "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/notification/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
)

// Producers are the services that emit events, by name: those with a package propusk.<service>.events.v1.
func Producers() []string {
	var out []string
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		parts := strings.Split(string(f.Package()), ".")
		if len(parts) == 4 && parts[0] == "propusk" && parts[2] == "events" && !slices.Contains(out, parts[1]) {
			out = append(out, parts[1])
		}
		return true
	})
	slices.Sort(out)
	return out
}
