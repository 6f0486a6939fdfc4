package contract

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// SurfaceREST is the value of a field that means the surface of a request.
const SurfaceREST protoreflect.Name = "REST"

// Check says whether the contracts keep callers and the edge apart: nothing that a caller sends reaches a field that means
// the caller, and a field that is named as if it did is marked, or is an id in the path.
func Check(methods []Method) error {
	for _, m := range methods {
		for i := range m.Input().Fields().Len() {
			if err := m.checkField(m.Input().Fields().Get(i)); err != nil {
				return fmt.Errorf("%s: field %s %w", m.FullMethod(), m.Input().Fields().Get(i).Name(), err)
			}
		}
	}
	return nil
}

func (m Method) checkField(f protoreflect.FieldDescriptor) error {
	name := string(f.Name())
	if FilledWith(f) != optionsv1.Caller_CALLER_UNSPECIFIED {
		return m.checkFilled(f)
	}
	named := name == "account_id" || name == "session_id"
	if named && slices.ContainsFunc(m.Bindings, func(b *annotations.HttpRule) bool { return !slices.Contains(variables(b), name) }) {
		return errors.New("means the caller or an id in the path: mark it with filled_with, or bind it")
	}
	return nil
}

// checkFilled says whether only the edge can set a marked field, and can.
func (m Method) checkFilled(f protoreflect.FieldDescriptor) error {
	for _, b := range m.Bindings {
		if slices.Contains(variables(b), string(f.Name())) || b.GetBody() == string(f.Name()) {
			return errors.New("is marked as filled by the edge, and the caller can send it in the path or as the body")
		}
	}
	if FilledWith(f) == optionsv1.Caller_SURFACE {
		if f.Enum() == nil || f.Enum().Values().ByName(SurfaceREST) == nil {
			return fmt.Errorf("means the surface, and is no enum with a value %s", SurfaceREST)
		}
		return nil
	}
	if f.Kind() != protoreflect.StringKind || f.IsList() {
		return errors.New("is marked as filled by the edge, and is no string")
	}
	return nil
}
