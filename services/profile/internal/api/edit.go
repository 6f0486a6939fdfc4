package api

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// readOnly are the fields that the service fills; callers may send them back, to no effect.
var readOnly = []string{"id", "state", "etag", "verified_fields"}

// everything is the mask that replaces the whole message (AIP-134).
const everything = "*"

// edit is what a message wants changed: the fields of the mask, so that they can be cleared, or without a mask those that
// are set.
func edit(m proto.Message, mask *fieldmaskpb.FieldMask) (domain.Edit, error) {
	r := m.ProtoReflect()
	fields := r.Descriptor().Fields()
	paths, err := pathsOf(mask, fields)
	var out domain.Edit
	for i := range fields.Len() {
		f := fields.Get(i)
		if name := string(f.Name()); !slices.Contains(readOnly, name) && wanted(r, f, paths) {
			out = append(out, domain.Change{Field: name, Value: text(f, r.Get(f))})
		}
	}
	return out, err
}

// pathsOf are the mask's paths as the contract spells them; REST callers spell them as their JSON. Of an empty body
// grpc-gateway makes a mask with one empty path, which asks for nothing.
func pathsOf(mask *fieldmaskpb.FieldMask, fields protoreflect.FieldDescriptors) ([]string, error) {
	var paths []string
	var wrong errs.Fields
	for _, path := range mask.GetPaths() {
		f := fields.ByName(protoreflect.Name(path))
		if f == nil {
			f = fields.ByJSONName(path)
		}
		switch {
		case f != nil:
			paths = append(paths, string(f.Name()))
		case path == everything:
			paths = append(paths, path)
		case path != "":
			wrong.Add("update_mask", errorsv1.Reason_FIELD_UNKNOWN)
		}
	}
	return paths, wrong.Err()
}

func wanted(r protoreflect.Message, f protoreflect.FieldDescriptor, paths []string) bool {
	if len(paths) == 0 {
		return r.Has(f)
	}
	return slices.Contains(paths, string(f.Name())) || slices.Contains(paths, everything)
}

// text is a value as it would be typed: enums by name, their zero as nothing.
func text(f protoreflect.FieldDescriptor, v protoreflect.Value) string {
	if f.Kind() != protoreflect.EnumKind {
		return v.String()
	}
	return enumName(f.Enum(), v.Enum())
}

func enumName(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	if n == 0 {
		return ""
	}
	return string(e.Values().ByNumber(n).Name())
}
