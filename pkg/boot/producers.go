package boot

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/propusk-id/propusk/pkg/events"
)

// Producers are the services, by name, whose event streams these services need: their own, those of the events that
// they consume, and for one that consumes everything those of every contract of events in this program.
func Producers(services []Service) []string {
	found := map[string]bool{}
	declared := false
	for _, s := range services {
		if s.Emits != nil {
			found[s.Name], declared = true, true
		}
		for _, event := range s.Consumes {
			found[events.Producer(event.ProtoReflect().Descriptor())], declared = true, true
		}
		if s.ConsumesAll {
			addContracts(found)
		}
	}
	if !declared { // nobody says anything of events: what there is may be theirs
		addContracts(found)
	}
	return slices.Sorted(maps.Keys(found))
}

// addContracts finds the packages propusk.<service>.events.v1.
func addContracts(found map[string]bool) {
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		parts := strings.Split(string(f.Package()), ".")
		if len(parts) == 4 && parts[0] == "propusk" && parts[2] == "events" {
			found[parts[1]] = true
		}
		return true
	})
}
