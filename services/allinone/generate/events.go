package generate

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/boot"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// event is one that a service emits.
type event struct {
	Name string
	// Meaning is the first sentence of the contract's comment.
	Meaning string
	// Record says that only audit wants it.
	Record bool
	// Consumers are the services that handle it, but audit.
	Consumers []string
}

// eventsOf are the events of each service, in the order of its contract.
func eventsOf(root string, services []boot.Service) (map[string][]event, error) {
	consumers := map[protoreflect.FullName][]string{}
	for _, s := range services {
		for _, m := range s.Consumes {
			name := m.ProtoReflect().Descriptor().FullName()
			consumers[name] = append(consumers[name], s.Name)
		}
	}
	out := map[string][]event{}
	for _, s := range services {
		if s.Emits == nil {
			continue
		}
		meanings, err := meaningsIn(filepath.Join(root, "proto", filepath.FromSlash(s.Emits.Path())))
		if err != nil {
			return nil, err
		}
		for i := range s.Emits.Messages().Len() {
			d := s.Emits.Messages().Get(i)
			record, _ := proto.GetExtension(d.Options(), optionsv1.E_Record).(bool)
			out[s.Name] = append(out[s.Name], event{
				Name: string(d.Name()), Meaning: meanings[string(d.Name())], Record: record, Consumers: consumers[d.FullName()],
			})
		}
	}
	return out, nil
}

// meaningsIn reads the comments of a contract's messages: generated code has none.
func meaningsIn(path string) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)((?:^//.*\n)+)^message (\w+)`).FindAllStringSubmatch(string(content), -1) {
		text := strings.ReplaceAll(m[1], "//", "")
		_, after, found := strings.Cut(text, m[2]+":")
		if !found {
			after = text
		}
		out[m[2]] = firstSentence(after)
	}
	return out, nil
}
