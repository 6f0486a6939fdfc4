package compose

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// operations are the contracts' methods by operationId: AccountService_CreateSession.
func operations() map[string]contract.Method {
	out := map[string]contract.Method{}
	for _, m := range contract.Methods() {
		out[string(m.Parent().Name())+"_"+string(m.Name())] = m
	}
	return out
}

// isFilled says whether a member is one that the gateway fills in itself: callers neither need nor may send it.
func isFilled(m contract.Method, name string) bool {
	return slices.ContainsFunc(m.Filled(), func(f protoreflect.FieldDescriptor) bool {
		return f.JSONName() == name || string(f.Name()) == name
	})
}

func complete(doc object) error {
	paths, known := at(doc, "paths"), operations()
	for p, item := range paths {
		methods, _ := item.(object)
		for method, op := range methods {
			operation, _ := op.(object)
			id, _ := operation["operationId"].(string)
			m, ok := known[id]
			if !ok {
				return fmt.Errorf("%s %s: no contract has %q", method, p, id)
			}
			completeOperation(p, method, operation, m)
		}
	}
	camelPaths(doc)
	at(doc, "components")["securitySchemes"] = object{"bearer": object{"type": "http", "scheme": "bearer"}}
	at(doc, "components")["responses"] = object{"Problem": object{
		"description": "What was wrong, in the language of Accept-Language.",
		"content":     object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}},
	}}
	return nil
}

func completeOperation(path, method string, op object, m contract.Method) {
	if all := parameters(path, method, op, m); len(all) > 0 {
		op["parameters"] = all
	} else {
		delete(op, "parameters")
	}
	hideBody(op, m)
	op["responses"] = responses(op, m.Status())
	if !m.Public() {
		op["security"] = []any{object{"bearer": []any{}}}
	}
}

func parameters(path, method string, op object, m contract.Method) []any {
	var out []any
	old, _ := op["parameters"].([]any)
	for _, p := range old {
		param, _ := p.(object)
		name, _ := param["name"].(string)
		switch {
		case name == "ifMatch":
			out = append(out, header("If-Match", "Refused with 412 unless it is the current ETag."))
		case !isFilled(m, name):
			out = append(out, param)
		}
	}
	if method == "post" && !strings.HasPrefix(path, "/v1/passwords") {
		out = append(out, header("Idempotency-Key", "Random, such as a UUIDv4, in 8 to 128 characters: the same request sent again has one effect and one answer, for 24 h."))
	}
	return out
}

func header(name, description string) object {
	return object{"name": name, "in": "header", "description": description, "schema": object{"type": "string"}}
}

func responses(op object, status int) object {
	out := at(op, "responses")
	if status != http.StatusOK {
		out[strconv.Itoa(status)] = success(status, out["200"])
		delete(out, "200")
	}
	out["default"] = object{"$ref": "#/components/responses/Problem"}
	return out
}

func success(status int, generated any) any {
	if status == http.StatusNoContent {
		return object{"description": "Done."}
	}
	return generated
}

// hideBody removes from a request's body what the gateway fills in; a body that is then empty goes.
func hideBody(op object, m contract.Method) {
	if _, ok := op["requestBody"]; !ok {
		return
	}
	properties := at(op, "requestBody", "content", "application/json", "schema", "properties")
	for name := range properties {
		if isFilled(m, name) {
			delete(properties, name)
		}
	}
	schema := at(op, "requestBody", "content", "application/json", "schema")
	if _, refers := schema["$ref"]; refers {
		delete(schema, "properties")
	} else if len(properties) == 0 {
		delete(op, "requestBody")
	}
}

// camelPaths spells path parameters as the JSON does: registrationId.
func camelPaths(doc object) {
	paths := at(doc, "paths")
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		if camel := camelPath(p); camel != p {
			paths[camel] = paths[p]
			delete(paths, p)
		}
	}
	walk(paths, func(o object) {
		if name, ok := o["name"].(string); ok && o["in"] == "path" {
			o["name"] = rest.Camel(name)
		}
	})
}

func camelPath(p string) string {
	parts := strings.SplitAfter(p, "{")
	for i := 1; i < len(parts); i++ {
		name, after, _ := strings.Cut(parts[i], "}")
		parts[i] = rest.Camel(name) + "}" + after
	}
	return strings.Join(parts, "")
}

// prune drops schemas that nothing refers to.
func prune(doc object) {
	all := at(doc, "components", "schemas")
	for {
		used := map[string]bool{}
		walk(doc, func(o object) {
			if r, ok := o["$ref"].(string); ok {
				used[strings.TrimPrefix(r, "#/components/schemas/")] = true
			}
		})
		before := len(all)
		maps.DeleteFunc(all, func(name string, _ any) bool { return !used[name] })
		if len(all) == before {
			return
		}
	}
}
