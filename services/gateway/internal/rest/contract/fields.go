package contract

import (
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// Filled are the fields of the request that the edge fills: callers may not send them.
func (m Method) Filled() []protoreflect.FieldDescriptor { return Filled(m.Input()) }

// Filled are the fields of a message that the edge fills.
func Filled(d protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	var out []protoreflect.FieldDescriptor
	for i := range d.Fields().Len() {
		if f := d.Fields().Get(i); FilledWith(f) != optionsv1.Caller_CALLER_UNSPECIFIED {
			out = append(out, f)
		}
	}
	return out
}

// FilledWith is what the edge fills a field with.
func FilledWith(f protoreflect.FieldDescriptor) optionsv1.Caller {
	what, _ := proto.GetExtension(f.Options(), optionsv1.E_FilledWith).(optionsv1.Caller)
	return what
}

// Choices are what a message has one of.
func Choices(d protoreflect.MessageDescriptor) []*optionsv1.Choice {
	choices, _ := proto.GetExtension(d.Options(), optionsv1.E_Choice).([]*optionsv1.Choice)
	return choices
}

// Required says that a field must be sent.
func Required(f protoreflect.FieldDescriptor) bool {
	return behaves(f, annotations.FieldBehavior_REQUIRED)
}

// OutputOnly says that only the service sets a field: it is no part of what is sent.
func OutputOnly(f protoreflect.FieldDescriptor) bool {
	return behaves(f, annotations.FieldBehavior_OUTPUT_ONLY)
}

// Optional says that a field is left out of an answer when it is empty.
func Optional(f protoreflect.FieldDescriptor) bool {
	return f.HasOptionalKeyword() || behaves(f, annotations.FieldBehavior_OPTIONAL)
}

// behaves says whether a field is marked so (AIP-203).
func behaves(f protoreflect.FieldDescriptor, b annotations.FieldBehavior) bool {
	all, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return slices.Contains(all, b)
}
