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
			f := m.Input().Fields().Get(i)
			if err := errors.Join(m.checkField(f), checkInside(f.Message(), nil)); err != nil {
				return fmt.Errorf("%s: field %s %w", m.FullMethod(), f.Name(), err)
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
	if named && slices.ContainsFunc(m.Bindings, func(b *annotations.HttpRule) bool { return !slices.Contains(Variables(b), name) }) {
		return errors.New("means the caller or an id in the path: mark it with filled_with, or bind it")
	}
	return nil
}

// checkInside says whether a message inside a request has no marked fields: the edge fills those of the request itself, so
// what callers send would reach them.
func checkInside(d protoreflect.MessageDescriptor, outer []protoreflect.FullName) error {
	if d == nil || slices.Contains(outer, d.FullName()) {
		return nil
	}
	if len(Filled(d)) > 0 {
		return fmt.Errorf("has inside it fields of %s that are marked as filled by the edge, which fills only a request's own", d.FullName())
	}
	for i := range d.Fields().Len() {
		if err := checkInside(d.Fields().Get(i).Message(), append(outer, d.FullName())); err != nil {
			return err
		}
	}
	return nil
}

// checkFilled says whether only the edge can set a marked field, and can.
func (m Method) checkFilled(f protoreflect.FieldDescriptor) error {
	for _, b := range m.Bindings {
		if slices.Contains(Variables(b), string(f.Name())) || b.GetBody() == string(f.Name()) {
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
