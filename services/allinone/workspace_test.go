package allinone

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// TestEveryServiceIsEverywhere finds the lists that a new service was not added to (docs/architecture.md, "How to
// add a service").
func TestEveryServiceIsEverywhere(t *testing.T) {
	for file, mark := range map[string]string{
		"go.work":              "./services/NAME\n",
		"docker-compose.yml":   "\n  NAME:\n    <<: *service\n",
		".golangci.yml":        "propusk/services/NAME$",
		"README.md":            "| [NAME](services/NAME) |",
		"docs/architecture.md": "\n| NAME | ",
		"pkg/testkit/fake.go":  `"NAME"`,
	} {
		content := read(t, "../..", file)
		for _, name := range names(Services()) {
			if !strings.Contains(content, strings.ReplaceAll(mark, "NAME", name)) {
				t.Errorf("%s is not in %s: it wants %q", name, file, strings.ReplaceAll(mark, "NAME", name))
			}
		}
	}
}

// TestEveryServiceHasItsSecrets reads what containers run with.
func TestEveryServiceHasItsSecrets(t *testing.T) {
	compose := read(t, "../..", "docker-compose.yml")
	for _, s := range Services() {
		for _, line := range []string{
			"\n  - secrets-" + s.Name + ":/secrets/" + s.Name + "\n", // the jobs'
			"    volumes: [secrets-" + s.Name + ":/run/propusk:ro]\n",
			"\n  secrets-" + s.Name + ":\n",
		} {
			if !strings.Contains(compose, line) {
				t.Errorf("docker-compose.yml lacks %q", line)
			}
		}
	}
}

func TestTheTableOfEventsIsComplete(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "../..", "docs/architecture.md"), "| producer | event |")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := map[string]string{} // by producer
	producer := ""
	for _, line := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(line, "|")
		if name := strings.TrimSpace(cells[1]); name != "" {
			producer = name
		}
		rows[producer] += cells[2]
	}
	found := 0
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		parts := strings.Split(string(f.Package()), ".")
		if len(parts) != 4 || parts[0] != "propusk" || parts[2] != "events" {
			return true
		}
		for i := range f.Messages().Len() {
			name := string(f.Messages().Get(i).Name())
			found++
			if !strings.Contains(rows[parts[1]], "`"+name+"`") {
				t.Errorf("docs/architecture.md does not have %s of %s", name, parts[1])
			}
		}
		return true
	})
	if found == 0 {
		t.Error("no events were found")
	}
}
