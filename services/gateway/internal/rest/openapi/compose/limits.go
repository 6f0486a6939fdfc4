package compose

import (
	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// limits are a field's rules of buf.validate as JSON Schema says them. Of lengths of what people type the services judge
// themselves: those are the largest that is read at all.
func limits(f protoreflect.FieldDescriptor) object { return limitsOf(rulesOf(f)) }

// itemLimits are those of each element of a list.
func itemLimits(f protoreflect.FieldDescriptor) object {
	return limitsOf(rulesOf(f).GetRepeated().GetItems())
}

func rulesOf(f protoreflect.FieldDescriptor) *validate.FieldRules {
	rules, _ := proto.GetExtension(f.Options(), validate.E_Field).(*validate.FieldRules)
	return rules
}

func limitsOf(rules *validate.FieldRules) object {
	out := object{}
	if s := rules.GetString(); s != nil {
		set(out, "minLength", s.HasMinLen(), s.GetMinLen())
		set(out, "maxLength", s.HasMaxLen(), s.GetMaxLen())
	}
	if r := rules.GetRepeated(); r != nil {
		set(out, "minItems", r.HasMinItems(), r.GetMinItems())
		set(out, "maxItems", r.HasMaxItems(), r.GetMaxItems())
	}
	if n := rules.GetInt32(); n != nil {
		set(out, "minimum", n.HasGte(), n.GetGte())
		set(out, "maximum", n.HasLte(), n.GetLte())
	}
	return out
}

func set[T any](o object, name string, known bool, value T) {
	if known {
		o[name] = value
	}
}
