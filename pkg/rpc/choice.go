package rpc

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// checkChoices finds where a request has none, or more than one, of fields that exclude one another.
func checkChoices(m protoreflect.Message, bad *errs.Fields) {
	choices, _ := proto.GetExtension(m.Descriptor().Options(), optionsv1.E_Choice).([]*optionsv1.Choice)
	for _, c := range choices {
		if !c.GetSeveral() {
			checkChoice(m, c.GetFields(), bad)
		}
	}
}

func checkChoice(m protoreflect.Message, names []string, bad *errs.Fields) {
	found := false
	for _, name := range names {
		if !m.Has(m.Descriptor().Fields().ByName(protoreflect.Name(name))) {
			continue
		}
		if found {
			bad.Add(name, errorsv1.Reason_FIELD_REDUNDANT)
		}
		found = true
	}
	if !found {
		bad.Add(names[0], errorsv1.Reason_FIELD_REQUIRED)
	}
}
