package compose

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// choose says what a request has one of: each way to choose is an object with that member, spelled out, since generators of
// types make little of a list of required names alone.
func choose(schema object, d protoreflect.MessageDescriptor) {
	var all []any
	for _, c := range contract.Choices(d) {
		var ways []any
		for _, name := range c.GetFields() {
			ways = append(ways, way(schema, d.Fields().ByName(protoreflect.Name(name)).JSONName()))
		}
		if c.GetSeveral() {
			all = append(all, object{"anyOf": ways})
		} else {
			all = append(all, object{"oneOf": ways})
		}
	}
	if len(all) > 0 {
		schema["allOf"] = all
	}
}

// way is an object that has the member, whatever else it has.
func way(schema object, member string) object {
	property, _ := clone(at(schema, "properties", member)).(object)
	delete(property, "description")
	delete(property, "examples")
	return object{"type": "object", "properties": object{member: property}, "required": []any{member}}
}
