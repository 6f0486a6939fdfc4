package compose

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/propusk-id/propusk/services/gateway/internal/rest"
)

// filledIn are members that the gateway fills in itself: callers neither need nor may send them.
var filledIn = []string{"accountId", "sessionId", "surface", "ifMatch", "account_id", "session_id", "if_match"}

// open are the calls that need no signed-in person.
var open = []string{"/v1/registrations", "/v1/passwords", "/v1/sessions"}

func complete(doc object) {
	paths := at(doc, "paths")
	for p, item := range paths {
		methods, _ := item.(object)
		for method, op := range methods {
			if operation, ok := op.(object); ok {
				completeOperation(p, method, operation)
			}
		}
	}
	camelPaths(doc)
	at(doc, "components")["securitySchemes"] = object{"bearer": object{"type": "http", "scheme": "bearer"}}
	at(doc, "components")["responses"] = object{"Problem": object{
		"description": "What was wrong, in the language of Accept-Language.",
		"content":     object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}},
	}}
}

func completeOperation(path, method string, op object) {
	if all := parameters(path, method, op); len(all) > 0 {
		op["parameters"] = all
	} else {
		delete(op, "parameters")
	}
	hideBody(op)
	op["responses"] = responses(op)
	if needsPerson(path, method) {
		op["security"] = []any{object{"bearer": []any{}}}
	}
}

func needsPerson(path, method string) bool {
	if strings.HasPrefix(path, "/v1/sessions/") || (path == "/v1/sessions" && method != "post") {
		return true
	}
	return !slices.ContainsFunc(open, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

func parameters(path, method string, op object) []any {
	var out []any
	old, _ := op["parameters"].([]any)
	for _, p := range old {
		param, _ := p.(object)
		name, _ := param["name"].(string)
		switch {
		case name == "ifMatch":
			out = append(out, header("If-Match", "Refused with 412 unless it is the current ETag."))
		case !slices.Contains(filledIn, name):
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

func responses(op object) object {
	out := at(op, "responses")
	id, _ := op["operationId"].(string)
	for method, status := range rest.Successes {
		if strings.HasSuffix(strings.ReplaceAll(method, "/", "_"), "."+id) {
			out[strconv.Itoa(status)] = success(status, out["200"])
			delete(out, "200")
		}
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
func hideBody(op object) {
	if _, ok := op["requestBody"]; !ok {
		return
	}
	properties := at(op, "requestBody", "content", "application/json", "schema", "properties")
	for _, f := range filledIn {
		delete(properties, f)
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
