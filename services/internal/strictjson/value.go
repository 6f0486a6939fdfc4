package strictjson

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// judge says what is wrong with a value that is no message of ours; unspecified: nothing. protojson is asked about the
// value alone.
func (r *reader) judge(field protoreflect.FieldDescriptor, t protoreflect.MessageType, token json.Token, raw []byte) errs.Reason {
	number, isNumber := token.(json.Number)
	if isNumber && field.Kind() == protoreflect.EnumKind {
		return errorsv1.Reason_FIELD_TYPE // protojson takes a name's number
	}
	if !r.searching || accepted(field, t, raw) {
		return errorsv1.Reason_REASON_UNSPECIFIED
	}
	text, isText := token.(string)
	switch {
	case isText && !readable(raw):
		return errorsv1.Reason_FIELD_ENCODING
	case isText:
		return Misfit(field, text)
	case isNumber && isInteger(field):
		return Misfit(field, number.String())
	}
	return errorsv1.Reason_FIELD_TYPE
}

// Misfit is why a text does not give a field's value.
func Misfit(field protoreflect.FieldDescriptor, text string) errs.Reason {
	switch {
	case field.Kind() == protoreflect.EnumKind:
		return errorsv1.Reason_FIELD_UNKNOWN_VALUE
	case field.Message() != nil:
		return errorsv1.Reason_FIELD_MALFORMED
	case isInteger(field) && text != "" && strings.Trim(strings.TrimPrefix(text, "-"), "0123456789") == "":
		return errorsv1.Reason_FIELD_OUT_OF_RANGE
	}
	return errorsv1.Reason_FIELD_TYPE
}

func isInteger(field protoreflect.FieldDescriptor) bool {
	return slices.Contains([]protoreflect.Kind{
		protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind, protoreflect.Uint32Kind, protoreflect.Fixed32Kind,
		protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind, protoreflect.Uint64Kind, protoreflect.Fixed64Kind,
	}, field.Kind())
}

// accepted says whether protojson takes a member with this value.
func accepted(field protoreflect.FieldDescriptor, t protoreflect.MessageType, value []byte) bool {
	if field.IsList() {
		value = slices.Concat([]byte("["), value, []byte("]"))
	}
	object := slices.Concat([]byte(`{"`+field.JSONName()+`":`), value, []byte("}"))
	return protojson.Unmarshal(object, t.New().Interface()) == nil
}

// readable says whether a JSON string is text: of valid UTF-8, and with no half of a surrogate pair.
func readable(raw []byte) bool { return protojson.Unmarshal(raw, &wrapperspb.StringValue{}) == nil }

// trim cuts off what stands before a token.
func trim(raw []byte) []byte { return bytes.TrimLeft(raw, " \t\r\n:,") }

// wellKnown says of a message that its JSON is no object of its fields.
func wellKnown(d protoreflect.MessageDescriptor) bool {
	return d.ParentFile().Package() == "google.protobuf"
}

// messageType is that of a field's messages, in a message of type t.
func messageType(t protoreflect.MessageType, field protoreflect.FieldDescriptor) protoreflect.MessageType {
	value := t.New().NewField(field)
	if field.IsList() {
		return value.List().NewElement().Message().Type()
	}
	return value.Message().Type()
}

// Pointer is the JSON pointer of a member of the whole, by its name.
func Pointer(name string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// nameOf is a field's name for its texts: document.type, which is another than address.type.
func nameOf(field protoreflect.FieldDescriptor) string {
	return strings.ToLower(string(field.Parent().Name())) + "." + string(field.Name())
}
