package openapi_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi"
)

const metaSchema = "https://json-schema.org/draft/2020-12/schema"

// TestIsOpenAPI asks the specification's own schema (spec.openapis.org/oas/3.1/schema/2022-10-07), which leaves the
// schemas inside to JSON Schema's.
func TestIsOpenAPI(t *testing.T) {
	doc := read(t, openapi.Document())
	specification, err := os.ReadFile("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", read(t, specification)); err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("openapi.json").Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
	schema := c.MustCompile(metaSchema)
	for name, s := range member(t, doc, "components", "schemas") {
		if err := schema.Validate(s); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
}

func TestReferencesLeadSomewhere(t *testing.T) {
	doc := read(t, openapi.Document())
	var follow func(v any)
	follow = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				member(t, doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
			for _, child := range v {
				follow(child)
			}
		case []any:
			for _, child := range v {
				follow(child)
			}
		}
	}
	follow(doc)
}

// TestEveryCallIsDescribed takes the calls from the contracts that the API serves, and names those without one.
func TestEveryCallIsDescribed(t *testing.T) {
	calls := append(contractCalls(),
		"get /v1/me", "get /sandbox/v1/messages", "get /sandbox/v1/messages/{id}/attachments/{name}",
		"get /sandbox/v1/personas", "get /sandbox/v1/population/{n}", "post /sandbox/v1/letters/{letterOrderId}:deliver",
		"get /sandbox/v1/options", "put /sandbox/v1/options")
	described := map[string]bool{}
	for path, item := range member(t, read(t, openapi.Document()), "paths") {
		for method := range item.(map[string]any) {
			described[method+" "+path] = true
		}
	}
	for _, call := range calls {
		if !described[call] {
			t.Errorf("%s is not described", call)
		}
	}
	if len(calls) != len(described) || len(calls) < 30 {
		t.Errorf("%d calls, %d described", len(calls), len(described))
	}
}

// TestEveryCodeHasAMeaning wants a sentence for each, which the table of codes would otherwise lack.
func TestEveryCodeHasAMeaning(t *testing.T) {
	codes, _ := member(t, read(t, openapi.Document()), "components", "schemas", "ProblemCode")["description"].(string)
	if strings.Count(codes, "\n| `") < 50 || strings.Contains(codes, "|  |") {
		t.Errorf("codes without a meaning:\n%s", codes)
	}
}

func contractCalls() (calls []string) {
	for _, m := range contract.Methods() {
		method, path := contract.Path(m.Bindings[0])
		calls = append(calls, strings.ToLower(method)+" "+camel(path))
	}
	return calls
}

// camel spells what is between braces as JSON does.
func camel(path string) string {
	before, tail, found := strings.Cut(path, "{")
	if !found {
		return path
	}
	name, after, _ := strings.Cut(tail, "}")
	return before + "{" + rest.Camel(name) + "}" + camel(after)
}

func read(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func member(t *testing.T, v any, names ...string) map[string]any {
	t.Helper()
	for _, n := range names {
		o, _ := v.(map[string]any)
		v = o[n]
	}
	o, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("there is no object at %s", strings.Join(names, "/"))
	}
	return o
}
