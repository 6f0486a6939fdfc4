package compose

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// refusalsKey holds the names of an operation's own refusals until they become its responses.
const refusalsKey = "x-refusals"

// operations are the contracts' methods by the operationId that protoc-gen-openapiv3 gives: AccountService_CreateSession.
func operations() map[string]contract.Method {
	out := map[string]contract.Method{}
	for _, m := range contract.Methods() {
		out[string(m.Parent().Name())+"_"+string(m.Name())] = m
	}
	return out
}

// completeOperations completes each operation, with a named schema for what is sent.
func completeOperations(doc object) error {
	known := operations()
	in := inputs{at(doc, "components", "schemas")}
	for p, item := range at(doc, "paths") {
		methods, _ := item.(object)
		for method, op := range methods {
			operation, _ := op.(object)
			id, _ := operation["operationId"].(string)
			m, ok := known[id]
			if !ok {
				return fmt.Errorf("%s %s: no contract has %q", method, p, id)
			}
			in.completeOperation(method, operation, m)
		}
	}
	return completeTags(doc, known)
}

func (in inputs) completeOperation(method string, op object, m contract.Method) {
	nameOperation(op, m)
	if all := in.parameters(op, m); len(all) > 0 {
		op["parameters"] = all
	} else {
		delete(op, "parameters")
	}
	in.nameBody(method, op, m)
	setSuccess(op, m)
	if m.Public() {
		op["security"] = []any{}
	}
	var names []any
	for _, r := range m.Refusals() {
		names = append(names, r.String())
	}
	if key := m.Idempotency(); key != nil && !key.GetByContent() {
		names = append(names, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED.String())
	}
	op[refusalsKey] = names
}

func nameOperation(op object, m contract.Method) {
	name := string(m.Name())
	comment, _ := op["summary"].(string)
	more, _ := op["description"].(string)
	op["operationId"], op["summary"] = operationID(name), spaced(name)
	op["description"] = strings.TrimSpace(withoutName(strings.TrimSpace(comment+" "+more), name) + " " + m.Idempotency().GetAdvice())
	op["tags"] = []any{tagOf(string(m.Parent().Name()))}
}

// tagOf is a service's name without the word.
func tagOf(service string) string { return strings.TrimSuffix(service, "Service") }

// completeTags says for each tag what its operations are for: that the service owns this or that is for who writes the service.
func completeTags(doc object, known map[string]contract.Method) error {
	purposes := map[string]string{}
	for _, m := range known {
		service, purpose := m.Service()
		purposes[service] = purpose
	}
	tags, _ := doc["tags"].([]any)
	for _, t := range tags {
		tag, _ := t.(object)
		name, _ := tag["name"].(string)
		if purposes[name] == "" {
			return fmt.Errorf("the contract of %s names no purpose", name)
		}
		tag["name"], tag["description"] = tagOf(name), purposes[name]
	}
	return nil
}

func (in inputs) parameters(op object, m contract.Method) []any {
	var out []any
	old, _ := op["parameters"].([]any)
	for _, p := range old {
		param, _ := p.(object)
		name, _ := param["name"].(string)
		f := fieldNamed(m.Input(), name)
		switch {
		case name == "ifMatch":
			out = append(out, object{"$ref": "#/components/parameters/IfMatch"})
		case contract.FilledWith(f) == 0:
			in.property(at(param, "schema"), f)
			comment, _ := param["description"].(string)
			param["description"] = oneLine(comment)
			out = append(out, param)
		}
	}
	if m.Idempotency() != nil {
		out = append(out, object{"$ref": "#/components/parameters/IdempotencyKey"})
	}
	return out
}

// fieldNamed is the field that a parameter sets.
func fieldNamed(d protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if f := d.Fields().ByJSONName(name); f != nil {
		return f
	}
	return d.Fields().ByName(protoreflect.Name(name))
}

// nameBody gives what is sent a schema of its own: MethodRequest. A body of which the edge fills everything goes.
func (in inputs) nameBody(method string, op object, m contract.Method) {
	if _, ok := op["requestBody"]; !ok {
		return
	}
	media := at(op, "requestBody", "content")
	content := at(media, "application/json")
	raw, d := at(content, "schema"), m.Input()
	if ref, ok := raw["$ref"].(string); ok {
		d = fieldNamed(m.Input(), m.Bindings[0].GetBody()).Message()
		raw, _ = in.schemas[strings.TrimPrefix(ref, schemaRef)].(object)
	}
	schema := in.of(raw, d, method == "patch")
	if len(at(schema, "properties")) == 0 {
		delete(op, "requestBody")
		return
	}
	name := string(m.Name()) + "Request"
	in.schemas[name] = schema
	content["schema"] = object{"$ref": schemaRef + name}
	if method == "patch" {
		media[rest.MergePatch] = content
	}
}

// setSuccess describes the answer of a success, with the ETag of what has versions.
func setSuccess(op object, m contract.Method) {
	responses := at(op, "responses")
	answer, _ := responses["200"].(object)
	delete(responses, "200")
	if m.Status() == http.StatusNoContent {
		answer = object{}
	}
	answer["description"] = http.StatusText(m.Status()) + "."
	if m.Output().Fields().ByName("etag") != nil {
		answer["headers"] = object{"ETag": object{"$ref": "#/components/headers/ETag"}}
	}
	responses[strconv.Itoa(m.Status())] = answer
}

// has says whether an operation takes a parameter that all share.
func has(op object, name string) bool {
	params, _ := op["parameters"].([]any)
	return slices.ContainsFunc(params, func(p any) bool {
		o, _ := p.(object)
		return o["$ref"] == "#/components/parameters/"+name
	})
}
