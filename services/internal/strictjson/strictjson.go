package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	// maxDepth is how many levels a body may have: the contracts' have three at most.
	maxDepth = 16
	// maxWrong is how many mistakes are told.
	maxWrong = 20
)

// Hidden says of a field that callers may not send it: to them the contract does not have it.
type Hidden func(protoreflect.FieldDescriptor) bool

// Unmarshal reads a body into the message; one without any JSON leaves it empty. hidden may be nil.
func Unmarshal(body []byte, m proto.Message, hidden Hidden) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	refused := protojson.Unmarshal(body, m)
	r := &reader{body: body, in: json.NewDecoder(bytes.NewReader(body)), hidden: hidden, searching: refused != nil}
	r.in.UseNumber()
	err := r.root(m.ProtoReflect().Type())
	if err == nil && len(r.wrong) == 0 && refused != nil {
		err = errors.Join(refused, r.add("", "", errorsv1.Reason_MALFORMED_JSON))
	}
	if err == nil || errors.Is(err, errEnough) {
		return r.wrong.Err()
	}
	e := errs.Wrap(err, errorsv1.Reason_MALFORMED_JSON, "the body is not the JSON expected")
	e.Fields = r.wrong
	return e
}

// errEnough ends the reading of what is too deep, or wrong too often.
var errEnough = errors.New("strictjson: that is enough")

// reader walks through a body beside the description of what it must be.
type reader struct {
	body   []byte
	in     *json.Decoder
	hidden Hidden
	// searching says that protojson refuses something, which is to be found.
	searching bool
	depth     int
	wrong     errs.Fields
}

func (r *reader) root(t protoreflect.MessageType) error {
	token, err := r.token("", "")
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return errors.Join(r.skip("", token), r.add("", "", errorsv1.Reason_FIELD_TYPE))
	}
	if err := r.message("", t); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(r.body[r.in.InputOffset():]); len(rest) > 0 {
		return r.add("", "", errorsv1.Reason_TRAILING_DATA)
	}
	return nil
}

// message reads the members of an object that is one.
func (r *reader) message(at string, t protoreflect.MessageType) error {
	fields, seen := t.Descriptor().Fields(), map[string]bool{}
	return r.inside(at, func() error {
		key, err := r.key(at)
		if err != nil {
			return err
		}
		member := at + Pointer(key)
		field := fields.ByJSONName(key)
		if field == nil {
			field = fields.ByTextName(key)
		}
		if field == nil || r.hidden != nil && r.hidden(field) {
			return errors.Join(r.add(member, "", errorsv1.Reason_FIELD_UNKNOWN), r.skipNext(member))
		}
		if seen[field.JSONName()] {
			return errors.Join(r.add(member, nameOf(field), errorsv1.Reason_FIELD_REPEATED), r.skipNext(member))
		}
		seen[field.JSONName()] = true
		return r.value(member, field, t)
	})
}

// value reads what a member is.
func (r *reader) value(at string, field protoreflect.FieldDescriptor, t protoreflect.MessageType) error {
	begin := r.in.InputOffset()
	token, err := r.token(at, nameOf(field))
	if err != nil || token == nil {
		return err // null is the absence of a value
	}
	if !field.IsList() {
		return r.single(at, begin, token, field, t)
	}
	if token != json.Delim('[') {
		return errors.Join(r.add(at, nameOf(field), errorsv1.Reason_FIELD_TYPE), r.skip(at, token))
	}
	n := 0
	return r.inside(at, func() error {
		element := at + "/" + strconv.Itoa(n)
		n++
		begin := r.in.InputOffset()
		token, err := r.token(element, nameOf(field))
		if err != nil {
			return err
		}
		return r.single(element, begin, token, field, t)
	})
}

// single reads one value: an object as a message, or anything that is no composition of others.
func (r *reader) single(
	at string, begin int64, token json.Token, field protoreflect.FieldDescriptor, t protoreflect.MessageType,
) error {
	name := nameOf(field)
	if field.Message() != nil && !field.IsMap() && !wellKnown(field.Message()) {
		if token != json.Delim('{') {
			return errors.Join(r.add(at, name, errorsv1.Reason_FIELD_TYPE), r.skip(at, token))
		}
		return r.message(at, messageType(t, field))
	}
	if err := r.skip(at, token); err != nil {
		return err
	}
	if reason := r.judge(field, t, token, trim(r.body[begin:r.in.InputOffset()])); reason != errorsv1.Reason_REASON_UNSPECIFIED {
		return r.add(at, name, reason)
	}
	return nil
}

// inside reads what an object or an array has, up to its end.
func (r *reader) inside(at string, next func() error) error {
	if r.depth++; r.depth > maxDepth {
		return errors.Join(r.add(at, "", errorsv1.Reason_NESTED_TOO_DEEPLY), errEnough)
	}
	defer func() { r.depth-- }()
	for r.in.More() {
		if err := next(); err != nil {
			return err
		}
	}
	_, err := r.token(at, "")
	return err
}

// skip passes over the rest of a value whose first token was read.
func (r *reader) skip(at string, token json.Token) error {
	switch token {
	case json.Delim('{'):
		return r.inside(at, func() error {
			key, err := r.key(at)
			if err != nil {
				return err
			}
			return r.skipNext(at + Pointer(key))
		})
	case json.Delim('['):
		return r.inside(at, func() error { return r.skipNext(at) })
	}
	return nil
}

func (r *reader) skipNext(at string) error {
	token, err := r.token(at, "")
	if err != nil {
		return err
	}
	return r.skip(at, token)
}

// key reads the name of a member of the object at a pointer.
func (r *reader) key(at string) (string, error) {
	begin := r.in.InputOffset()
	token, err := r.token(at, "")
	if err != nil {
		return "", err
	}
	key, _ := token.(string) // the decoder lets an object have no other
	if r.searching && !readable(trim(r.body[begin:r.in.InputOffset()])) {
		err = errors.Join(r.add(at, "", errorsv1.Reason_FIELD_ENCODING), errEnough)
	}
	return key, err
}

// token reads the next one; where there is none, the body ceases to be JSON.
func (r *reader) token(at, name string) (json.Token, error) {
	token, err := r.in.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, errors.Join(err, r.add(at, name, errorsv1.Reason_MALFORMED_JSON))
	}
	return token, nil
}

func (r *reader) add(at, name string, reason errs.Reason) error {
	r.wrong = append(r.wrong, errs.Field{Name: name, Pointer: at, Reason: reason})
	if len(r.wrong) >= maxWrong {
		return errEnough
	}
	return nil
}
