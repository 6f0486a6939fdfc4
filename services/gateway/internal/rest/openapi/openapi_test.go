package openapi_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

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

// TestEveryCodeHasAMeaning wants a sentence for each, which the tables of codes would otherwise lack. What is wrong with a
// field is no reason to refuse a call, and the other way round.
func TestEveryCodeHasAMeaning(t *testing.T) {
	doc := read(t, openapi.Document())
	all := []string{"CSRF_FAILED", "INTERACTION_NOT_FOUND", "CLIENT_UNKNOWN", "LOGOUT_NOT_FOUND", "MISMATCH", "REASON_UNSPECIFIED"}
	problems := []string{"VALIDATION_FAILED", "CODE_WRONG", "ORIGIN_NOT_ALLOWED"}
	fields := []string{"FIELD_REQUIRED", "PASSWORD_COMMON", "PAGE_TOKEN_INVALID", "CONTACT_REQUIRED"}
	both := "MALFORMED_JSON" // its field is where the JSON breaks off
	for name, want := range map[string]struct{ has, lacks []string }{
		"ProblemCode": {append(problems, both), slices.Concat(all, fields)}, "FieldCode": {append(fields, both), slices.Concat(all, problems)},
	} {
		schema := member(t, doc, "components", "schemas", name)
		words, _ := schema["description"].(string)
		known, _ := schema["enum"].([]any)
		if strings.Count(words, "\n| `") != len(known) || len(known) < 30 || strings.Contains(words, "|  |") {
			t.Errorf("%s has %d codes, of which some have no meaning:\n%s", name, len(known), words)
		}
		for _, code := range want.lacks {
			if slices.Contains(known, any(code)) {
				t.Errorf("%s has %s, which is never answered there", name, code)
			}
		}
		for _, code := range want.has {
			if !slices.Contains(known, any(code)) {
				t.Errorf("%s lacks %s", name, code)
			}
		}
	}
}

// TestEveryCallThatCanBeRepeatedSaysHow wants advice of each POST on whether to send an Idempotency-Key, but of those whose
// repeat does nothing.
func TestEveryCallThatCanBeRepeatedSaysHow(t *testing.T) {
	harmless := []string{"checkPassword", "generatePassword", "markNotificationsRead", "deliverLetter"}
	byContent := []string{"verifyCode", "completeRegistration"}
	posts := 0
	for path, item := range member(t, read(t, openapi.Document()), "paths") {
		op, ok := item.(map[string]any)["post"].(map[string]any)
		if !ok {
			continue
		}
		posts++
		id, _ := op["operationId"].(string)
		words, _ := op["description"].(string)
		params := fmt.Sprint(op["parameters"])
		takes := !slices.Contains(harmless, id)
		if strings.Contains(params, "IdempotencyKey") != takes || strings.Contains(words, "Idempotency-Key") != takes {
			t.Errorf("%s: the key is taken or explained wrongly: %s %s", path, params, words)
		}
		refused := fmt.Sprint(op["responses"])
		if strings.Contains(refused, "IDEMPOTENCY_KEY_REUSED") != (takes && !slices.Contains(byContent, id)) {
			t.Errorf("%s: a key that was used with another request is described wrongly", path)
		}
	}
	if posts < 14 {
		t.Errorf("only %d were found", posts)
	}
}

// TestSignUpsTellWhyTheyRefuse wants the reasons that a sign-up's limits have, and none that only a field has.
func TestSignUpsTellWhyTheyRefuse(t *testing.T) {
	doc := read(t, openapi.Document())
	for path, want := range map[string][]string{
		"/v1/registrations":                             {"CODE_RESEND_TOO_EARLY", "CODE_SEND_LIMIT", "FACTOR_LOCKED"},
		"/v1/registrations/{registrationId}:resendCode": {"CODE_RESEND_TOO_EARLY", "CODE_SEND_LIMIT", "FACTOR_LOCKED", "REGISTRATION_EXPIRED"},
		"/v1/registrations/{registrationId}:verifyCode": {"CODE_WRONG", "CODE_EXPIRED", "FACTOR_LOCKED", "REGISTRATION_EXPIRED"},
	} {
		told := fmt.Sprint(member(t, doc, "paths", path, "post", "responses"))
		for _, code := range want {
			if !strings.Contains(told, "`"+code+"`") {
				t.Errorf("%s is refused with %s too", path, code)
			}
		}
		for _, code := range []string{"CONTACT_REQUIRED", "FACTOR_DISABLED", "FIELD_REQUIRED"} {
			if strings.Contains(told, "`"+code+"`") {
				t.Errorf("%s is never refused with %s", path, code)
			}
		}
	}
}

// TestExamplesAreOfTheirOperation finds a refusal in a description that another call was answered.
func TestExamplesAreOfTheirOperation(t *testing.T) {
	parameter := regexp.MustCompile(`\\\{\w+\\\}`)
	found := 0
	for path, item := range member(t, read(t, openapi.Document()), "paths") {
		pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(path), "[^/:]+") + "$")
		for method, o := range item.(map[string]any) {
			responses, _ := o.(map[string]any)["responses"].(map[string]any)
			for _, r := range responses {
				content, _ := r.(map[string]any)["content"].(map[string]any)
				media, _ := content["application/problem+json"].(map[string]any)
				examples, _ := media["examples"].(map[string]any)
				for code, e := range examples {
					found++
					document, _ := e.(map[string]any)["value"].(map[string]any)
					instance, _ := document["instance"].(string)
					if code != "RATE_LIMITED" && !pattern.MatchString(instance) || document["code"] != code {
						t.Errorf("%s %s: the example of %s is of %s", method, path, code, instance)
					}
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d examples were found", found)
	}
}

// TestEverythingIsExplained wants words for every property, parameter, operation and tag: its own, or those of the schema that
// it is.
func TestEverythingIsExplained(t *testing.T) {
	doc := read(t, openapi.Document())
	explained := func(at string, o map[string]any) {
		ref, _ := o["$ref"].(string)
		if ref != "" {
			o = member(t, doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
		words, _ := o["description"].(string)
		for _, key := range []string{"allOf", "anyOf"} {
			if parts, ok := o[key].([]any); ok && words == "" {
				words, _ = member(t, doc, strings.Split(strings.TrimPrefix(parts[0].(map[string]any)["$ref"].(string), "#/"), "/")...)["description"].(string)
			}
		}
		if words == "" {
			t.Errorf("%s is not explained", at)
		}
	}
	for name, s := range member(t, doc, "components", "schemas") {
		properties, _ := s.(map[string]any)["properties"].(map[string]any)
		for property, p := range properties {
			explained(name+"."+property, p.(map[string]any))
		}
	}
	for path, item := range member(t, doc, "paths") {
		for method, o := range item.(map[string]any) {
			explained(method+" "+path, o.(map[string]any))
			parameters, _ := o.(map[string]any)["parameters"].([]any)
			for n, p := range parameters {
				explained(fmt.Sprintf("%s %s parameter %d", method, path, n), p.(map[string]any))
			}
		}
	}
	for _, tag := range doc.(map[string]any)["tags"].([]any) {
		explained("a tag", tag.(map[string]any))
	}
}

// TestTheWordsAreTheCallers finds names that only the contracts have: callers spell members lastName and operations
// startRegistration, and know no edge, no mask and no snapshot.
func TestTheWordsAreTheCallers(t *testing.T) {
	names := []string{`[a-z]+_[a-z]+`, `the edge`, `the mask`, `snapshot`, `e-mail`}
	for _, m := range contract.Methods() {
		if name := string(m.Name()); strings.ContainsFunc(name[1:], unicode.IsUpper) { // else it is a word of English
			names = append(names, name)
		}
	}
	foreign := regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`)
	words := 0
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if text, ok := v["description"].(string); ok {
				words++
				if found := foreign.FindString(text); found != "" && found != "letter_delivered" {
					t.Errorf("%q is said to callers: %s", found, text)
				}
			}
			for _, child := range v {
				look(child)
			}
		case []any:
			for _, child := range v {
				look(child)
			}
		}
	}
	look(read(t, openapi.Document()))
	if words < 200 {
		t.Errorf("only %d texts were found", words)
	}
}

// TestExamplesAreAllowed holds every example, of requests, of answers and of refusals, against its schema.
func TestExamplesAreAllowed(t *testing.T) {
	doc := read(t, openapi.Document())
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	checked := 0
	check := func(at []string, example any) {
		checked++
		schema, err := c.Compile("openapi.json#/" + pointer(at) + "/schema")
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(example); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
	var look func(at []string, v any)
	look = func(at []string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			return
		}
		if example, ok := o["example"]; ok {
			check(at, example)
		}
		if examples, ok := o["examples"].(map[string]any); ok {
			for _, e := range examples {
				check(at, e.(map[string]any)["value"])
			}
		}
		for name, child := range o {
			look(append(slices.Clone(at), name), child)
		}
	}
	look([]string{"paths"}, member(t, doc, "paths"))
	look([]string{"components", "responses"}, member(t, doc, "components", "responses"))
	if checked < 60 {
		t.Errorf("only %d examples were found", checked)
	}
}

// pointer is a JSON pointer as part of a URL.
func pointer(names []string) string {
	escaped := make([]string, len(names))
	for i, n := range names {
		escaped[i] = url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(n))
	}
	return strings.Join(escaped, "/")
}

// TestChoicesAreDescribed holds against the schemas what the contracts say requests have one of.
func TestChoicesAreDescribed(t *testing.T) {
	doc := read(t, openapi.Document())
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	for _, choice := range []struct {
		schema, with, first, second string
		both                        bool
	}{
		{"StartRegistrationRequest", `"lastName":"Петрова","firstName":"Анна"`, `"phone":"+79161234567"`, `"email":"anna@example.ru"`, true},
		{"VerifyCodeRequest", "", `"code":"386684"`, `"token":"t"`, false},
		{
			"CreateLetterOrderRequest", "", `"addressId":"0190f8a0-0000-7000-8000-000000000001"`,
			`"address":{"type":"RESIDENCE","postalCode":"101000","region":"Москва","city":"Москва","house":"1"}`, false,
		},
	} {
		schema := c.MustCompile("openapi.json#/components/schemas/" + choice.schema)
		for _, members := range []struct {
			sent    []string
			allowed bool
		}{
			{nil, false},
			{[]string{choice.first}, true},
			{[]string{choice.second}, true},
			{[]string{choice.first, choice.second}, choice.both},
		} {
			parts := slices.DeleteFunc(append([]string{choice.with}, members.sent...), func(s string) bool { return s == "" })
			body := "{" + strings.Join(parts, ",") + "}"
			if err := schema.Validate(read(t, []byte(body))); (err == nil) != members.allowed {
				t.Errorf("%s %s: %v", choice.schema, body, err)
			}
		}
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
