package allinone_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const descriptionName = "openapi.json"

// description is the REST API as /openapi.json describes it; answers are held against it.
type description struct {
	doc        map[string]any
	mu         sync.Mutex // of the compiler
	compiler   *jsonschema.Compiler
	operations []operation
}

// operation is one call of the description.
type operation struct {
	id, method, path string
	spec             map[string]any
}

// replied is what was answered to one call.
type replied struct {
	status int
	header http.Header
	body   []byte
}

func (a replied) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

func describe(t *testing.T, origin string) *description {
	t.Helper()
	resp, err := http.Get(origin + "/" + descriptionName)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	doc, err := jsonschema.UnmarshalJSON(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	d := &description{compiler: jsonschema.NewCompiler()}
	d.doc, _ = doc.(map[string]any)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(descriptionName, doc); err != nil {
		t.Fatal(err)
	}
	for path, item := range inside(d.doc, "paths") {
		for method, spec := range item.(map[string]any) {
			o := operation{method: strings.ToUpper(method), path: path, spec: spec.(map[string]any)}
			o.id, _ = o.spec["operationId"].(string)
			d.operations = append(d.operations, o)
		}
	}
	slices.SortFunc(d.operations, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return d
}

func (d *description) operation(t *testing.T, id string) operation {
	t.Helper()
	i := slices.IndexFunc(d.operations, func(o operation) bool { return o.id == id })
	if i < 0 {
		t.Fatalf("there is no operation %s", id)
	}
	return d.operations[i]
}

// inside is the object at a path of names; nil if there is none.
func inside(v any, names ...string) map[string]any {
	for _, n := range names {
		o, _ := v.(map[string]any)
		v = o[n]
	}
	o, _ := v.(map[string]any)
	return o
}

// pointer is a reference to a place of the description.
func pointer(names ...string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B")
	out := descriptionName + "#"
	for _, n := range names {
		out += "/" + escape.Replace(n)
	}
	return out
}

// check says how an answer differs from what is described.
func (d *description) check(o operation, a replied) error {
	at := []string{"paths", o.path, strings.ToLower(o.method), "responses", strconv.Itoa(a.status)}
	response := inside(d.doc, at...)
	if response == nil {
		return fmt.Errorf("the status %d is not described", a.status)
	}
	if ref, ok := response["$ref"].(string); ok {
		at = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		response = inside(d.doc, at...)
	}
	if err := d.checkHeaders(response, a); err != nil {
		return err
	}
	content := inside(response, "content")
	if len(content) == 0 {
		if len(a.body) > 0 {
			return fmt.Errorf("a body is not described")
		}
		return nil
	}
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if content["*/*"] != nil {
		return nil
	}
	if content[media] == nil {
		return fmt.Errorf("the media type %q is not described", media)
	}
	d.mu.Lock()
	schema, err := d.compiler.Compile(pointer(append(at, "content", media, "schema")...))
	d.mu.Unlock()
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// checkHeaders says which header is missing that is described as always there.
func (d *description) checkHeaders(response map[string]any, a replied) error {
	for name, h := range inside(response, "headers") {
		header, _ := h.(map[string]any)
		if ref, ok := header["$ref"].(string); ok {
			header = inside(d.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
		if header["required"] == true && a.header.Get(name) == "" {
			return fmt.Errorf("the header %s is missing", name)
		}
	}
	return nil
}

// send makes a call of the API.
func send(client *http.Client, req *http.Request) (replied, error) {
	resp, err := client.Do(req)
	if err != nil {
		return replied{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return replied{resp.StatusCode, resp.Header, body}, err
}

// members are the members of a JSON value by their JSON pointers, with the kinds of their values: what two examples of one
// thing have in common. Of lists the first element speaks for all.
func members(data []byte) (map[string]string, error) {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	out := map[string]string{}
	note(out, "", v)
	return out, nil
}

func note(out map[string]string, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		out[at] = "object"
		for name, member := range v {
			note(out, at+"/"+name, member)
		}
	case []any:
		out[at] = "list"
		if len(v) > 0 {
			note(out, at+"/0", v[0])
		}
	default:
		out[at] = fmt.Sprintf("%T", v)
	}
}
