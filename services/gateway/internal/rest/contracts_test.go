package rest_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// Every list of the contracts pages alike.
func TestEveryListPages(t *testing.T) {
	lists := 0
	for _, m := range contract.Methods() {
		if !strings.HasPrefix(string(m.Name()), "List") {
			continue
		}
		lists++
		in, out := m.Input().Fields(), m.Output().Fields()
		size, token, next := in.ByName("page_size"), in.ByName("page_token"), out.ByName("next_page_token")
		if size == nil || size.Kind() != protoreflect.Int32Kind || token == nil || token.Kind() != protoreflect.StringKind || next == nil {
			t.Errorf("%s does not page", m.FullMethod())
		}
	}
	if lists < 5 {
		t.Errorf("%d lists", lists)
	}
}

// What is answered with a SNILS is a person, which is put into its form on the way out.
func TestOnlyPersonsHaveASNILS(t *testing.T) {
	for _, m := range contract.Methods() {
		inside(m.Output(), map[protoreflect.FullName]bool{}, func(d protoreflect.MessageDescriptor) {
			if d.Fields().ByName("snils") != nil && (d != m.Output() || d.FullName() != "propusk.profile.v1.Person") {
				t.Errorf("%s answers with the SNILS of a %s", m.FullMethod(), d.FullName())
			}
		})
	}
}

func inside(d protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, visit func(protoreflect.MessageDescriptor)) {
	if seen[d.FullName()] {
		return
	}
	seen[d.FullName()] = true
	visit(d)
	for i := range d.Fields().Len() {
		if inner := d.Fields().Get(i).Message(); inner != nil {
			inside(inner, seen, visit)
		}
	}
}
