package rest

import (
	"bytes"
	"encoding/json"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// answers writes what services answer.
type answers struct{ *runtime.JSONPb }

// Marshal writes everything that is always there, also when it is empty, false or zero, and of what is optional
// only what there is. An empty text would be no date and no address.
func (a answers) Marshal(v any) ([]byte, error) {
	data, err := a.JSONPb.Marshal(v)
	m, ok := v.(proto.Message)
	if err != nil || !ok || !hasEmpty(m.ProtoReflect()) {
		return data, err
	}
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&members); err != nil {
		return nil, err
	}
	leaveOut(members, m.ProtoReflect())
	return json.Marshal(members)
}

// isEmpty says whether a field is optional and has nothing to say. protojson leaves out by itself what has presence.
func isEmpty(m protoreflect.Message, f protoreflect.FieldDescriptor) bool {
	return contract.Optional(f) && !f.HasPresence() && !m.Has(f)
}

// hasEmpty says whether such a field is anywhere in a message.
func hasEmpty(m protoreflect.Message) bool {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if isEmpty(m, f) {
			return true
		}
		for _, inner := range inside(m, f) {
			if hasEmpty(inner) {
				return true
			}
		}
	}
	return false
}

// leaveOut removes such fields from what protojson wrote of a message.
func leaveOut(members map[string]any, m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if isEmpty(m, f) {
			delete(members, f.JSONName())
			continue
		}
		for n, inner := range inside(m, f) {
			if o, ok := nth(members[f.JSONName()], n).(map[string]any); ok {
				leaveOut(o, inner)
			}
		}
	}
}

// inside are the messages that a field holds.
func inside(m protoreflect.Message, f protoreflect.FieldDescriptor) []protoreflect.Message {
	if f.Message() == nil || f.IsMap() || !m.Has(f) {
		return nil
	}
	if !f.IsList() {
		return []protoreflect.Message{m.Get(f).Message()}
	}
	list := m.Get(f).List()
	out := make([]protoreflect.Message, list.Len())
	for i := range out {
		out[i] = list.Get(i).Message()
	}
	return out
}

// nth is an element of a JSON array, or what is no array.
func nth(v any, n int) any {
	if all, ok := v.([]any); ok {
		return all[n]
	}
	return v
}
