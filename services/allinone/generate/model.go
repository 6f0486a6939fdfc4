package generate

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
)

// model is what templates see.
type model struct {
	Services []service
	// Producers are the names of the services that emit.
	Producers []string
}

// service is a declaration in the words of templates.
type service struct {
	boot.Service
	// Job is what it does, from its package's comment.
	Job string
	// Public says that the public port is its.
	Public bool
	// Sandbox are the variables that a sandbox has otherwise.
	Sandbox []variable
	// API is its REST contract, nil if it has none.
	API *contract
	// Routes are its paths on the public port.
	Routes []route
	// ForwardsTo are the services that it reaches by HTTP.
	ForwardsTo []string
	Events     []event
}

type variable struct{ Name, Value string }

// contract is a generated Go package with gRPC services.
type contract struct {
	Package, Alias, Dir string
	Services            []string
}

type route struct {
	Pattern, Refusals string
	OwnLimits         bool
	Uploads           bool
}

func newModel(root string, services []boot.Service) (*model, error) {
	m := &model{Producers: boot.Producers(services)}
	all, err := eventsOf(root, services)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		job, err := jobOf(root, s.Name)
		if err != nil {
			return nil, err
		}
		v := service{
			Service: s, Job: job, Public: s.Name == keyring.Minter, API: contractOf(s), Routes: routesOf(s),
			Events: all[s.Name],
		}
		tagged := s.Section().Tagged("sandbox")
		for _, name := range slices.Sorted(maps.Keys(tagged)) {
			v.Sandbox = append(v.Sandbox, variable{name, tagged[name]})
		}
		if v.Public {
			v.ForwardsTo, v.Calls = withHTTP(services), union(v.Calls, withREST(services))
		}
		m.Services = append(m.Services, v)
	}
	return m, nil
}

// Reaches are the services that it calls, by whatever way.
func (s service) Reaches() []string { return union(s.Calls, s.ForwardsTo) }

// Receives says that it has handlers of events.
func (s service) Receives() bool { return s.ConsumesAll || len(s.Consumes) > 0 }

// Stream is the name of its stream of facts; that of records ends in _RECORDS.
func (s service) Stream() string { return "PROPUSK_" + strings.ToUpper(s.Name) }

// Receivers are the services that have handlers of events.
func (m *model) Receivers() []string {
	var out []string
	for _, s := range m.Services {
		if s.Receives() {
			out = append(out, s.Name)
		}
	}
	return out
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// withREST are the services that the gateway calls for whoever uses the REST API.
func withREST(services []boot.Service) []string {
	var out []string
	for _, s := range services {
		if len(s.REST) > 0 {
			out = append(out, s.Name)
		}
	}
	return out
}

func withHTTP(services []boot.Service) []string {
	var out []string
	for _, s := range services {
		if len(s.HTTP) > 0 {
			out = append(out, s.Name)
		}
	}
	return out
}

func routesOf(s boot.Service) []route {
	form := map[boot.Refusals]string{
		boot.AsSent: "boot.AsSent", boot.AsProblems: "boot.AsProblems", boot.AsPages: "boot.AsPages",
		boot.AsOAuth: "boot.AsOAuth",
	}
	var out []route
	for _, r := range s.HTTP {
		out = append(out, route{Pattern: r.Pattern, Refusals: form[r.Refusals], OwnLimits: r.OwnLimits, Uploads: r.Uploads})
	}
	return out
}

func contractOf(s boot.Service) *contract {
	if len(s.REST) == 0 {
		return nil
	}
	c := &contract{Package: goPackage(s.REST[0].ParentFile()), Alias: s.Name + "v1", Dir: "propusk/" + s.Name}
	for _, r := range s.REST {
		c.Services = append(c.Services, string(r.Name()))
	}
	return c
}

func goPackage(f protoreflect.FileDescriptor) string {
	options, ok := f.Options().(*descriptorpb.FileOptions)
	if !ok {
		return ""
	}
	path, _, _ := strings.Cut(options.GetGoPackage(), ";")
	return path
}

// jobOf is the first sentence of the package's comment without "Package name" and "is".
func jobOf(root, name string) (string, error) {
	path := filepath.Join(root, "services", name, "service.go")
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return "", err
	}
	job, ok := strings.CutPrefix(firstSentence(f.Doc.Text()), "Package "+name+" ")
	if !ok {
		return "", fmt.Errorf("%s: the package's comment does not begin with %q", path, "Package "+name)
	}
	return strings.TrimPrefix(job, "is "), nil
}

func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	sentence, _, _ := strings.Cut(text+" ", ". ")
	return strings.TrimSuffix(strings.TrimSpace(sentence), ".")
}
