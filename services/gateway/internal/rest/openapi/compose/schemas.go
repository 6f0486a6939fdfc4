package compose

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// completeAnswers completes the schemas of what is answered: what is always there is required, enums have only values that
// mean something, and texts say what they look like.
func completeAnswers(schemas object) error {
	for name, v := range schemas {
		schema, _ := v.(object)
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			continue // made for a request, and complete
		}
		describe(schema, d)
		switch d := d.(type) {
		case protoreflect.EnumDescriptor:
			schema["enum"] = meaningful(d)
		case protoreflect.MessageDescriptor:
			completeAnswer(schema, d)
		}
	}
	return nil
}

// describe makes sentences of the comments of a schema and its properties.
func describe(schema object, d protoreflect.Descriptor) {
	if comment, ok := schema["description"].(string); ok {
		schema["description"] = withoutName(comment, string(d.Name()))
	}
	for _, p := range at(schema, "properties") {
		if property, ok := p.(object); ok {
			if comment, ok := property["description"].(string); ok {
				property["description"] = oneLine(comment)
			}
		}
	}
	if len(at(schema, "properties")) == 0 {
		delete(schema, "properties")
	}
}

// meaningful are an enum's values but the one that stands for none: it is never answered, and refused where it is sent.
func meaningful(d protoreflect.EnumDescriptor) []any {
	var out []any
	for i := range d.Values().Len() {
		if v := d.Values().Get(i); v.Number() != 0 {
			out = append(out, string(v.Name()))
		}
	}
	return out
}

func completeAnswer(schema object, d protoreflect.MessageDescriptor) {
	var required []string
	for f, property := range properties(schema, d) {
		formatOf(f).ofAnswered(items(property))
		maps.Copy(property, limits(f))
		if !contract.Optional(f) {
			required = append(required, f.JSONName())
		}
	}
	setRequired(schema, required)
}

// properties are the members of a message that its schema has.
func properties(schema object, d protoreflect.MessageDescriptor) map[protoreflect.FieldDescriptor]object {
	out := map[protoreflect.FieldDescriptor]object{}
	all := at(schema, "properties")
	for i := range d.Fields().Len() {
		if p, ok := all[d.Fields().Get(i).JSONName()].(object); ok {
			out[d.Fields().Get(i)] = p
		}
	}
	return out
}

// items is what a list's schema says of each element, or the schema itself.
func items(schema object) object {
	if each, ok := schema["items"].(object); ok {
		return each
	}
	return schema
}

func setRequired(schema object, names []string) {
	if len(names) == 0 {
		delete(schema, "required")
		return
	}
	slices.Sort(names)
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	schema["required"] = out
}

// inputs makes schemas of what is sent out of what protoc-gen-openapiv3 wrote of the messages.
type inputs struct{ schemas object }

// inputSuffix ends the names of schemas of what is sent, where the same message is answered with more in it.
const inputSuffix = "Input"

// of is the schema of a message as it is sent: without what only the edge or the service sets. What must be sent is required,
// unless the request changes only what it names.
func (in inputs) of(schema object, d protoreflect.MessageDescriptor, partial bool) object {
	out, _ := clone(schema).(object)
	describe(out, d)
	var required []string
	for f, property := range properties(out, d) {
		if contract.FilledWith(f) != 0 || contract.OutputOnly(f) {
			delete(at(out, "properties"), f.JSONName())
			continue
		}
		in.property(property, f)
		if partial && contract.Optional(f) {
			nullable(property)
		}
		if contract.Required(f) && !partial {
			required = append(required, f.JSONName())
		}
	}
	setRequired(out, required)
	choose(out, d)
	out["additionalProperties"] = false
	return out
}

func (in inputs) property(property object, f protoreflect.FieldDescriptor) {
	formatOf(f).ofSent(items(property))
	maps.Copy(items(property), itemLimits(f))
	maps.Copy(property, limits(f))
	ref, ok := items(property)["$ref"].(string)
	if !ok || f.Message() == nil {
		return
	}
	name := strings.TrimPrefix(ref, schemaRef)
	input := name + inputSuffix
	if _, made := in.schemas[input]; !made {
		raw, _ := in.schemas[name].(object)
		in.schemas[input] = in.of(raw, f.Message(), false)
	}
	items(property)["$ref"] = schemaRef + input
}

// nullable says of a member of an edit that null clears it.
func nullable(property object) {
	if ref, ok := property["$ref"]; ok {
		delete(property, "$ref")
		property["anyOf"] = []any{object{"$ref": ref}, object{"type": "null"}}
		return
	}
	property["type"] = []any{property["type"], "null"}
}
