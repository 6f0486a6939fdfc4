package rpc

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// checkText finds strings with a NUL, which protobuf takes and Postgres does not: it is in no text that people write.
func checkText(m protoreflect.Message, path string, bad *errs.Fields) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := path + string(f.Name())
		switch {
		case f.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				checkValue(f.MapKey(), k.Value(), name, bad)
				checkValue(f.MapValue(), v, name, bad)
				return true
			})
		case f.IsList():
			for i := range v.List().Len() {
				checkValue(f, v.List().Get(i), name, bad)
			}
		default:
			checkValue(f, v, name, bad)
		}
		return true
	})
}

func checkValue(f protoreflect.FieldDescriptor, v protoreflect.Value, name string, bad *errs.Fields) {
	switch {
	case f.Kind() == protoreflect.StringKind && strings.ContainsRune(v.String(), 0):
		bad.Add(name, errorsv1.Reason_FIELD_MALFORMED)
	case f.Message() != nil:
		checkText(v.Message(), name+".", bad)
	}
}
