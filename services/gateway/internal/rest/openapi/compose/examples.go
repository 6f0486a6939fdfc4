package compose

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// examplesFile is written by the test that makes the calls: services/allinone, TestExamples.
//
//go:embed examples.json
var examplesFile []byte

// examples are what that test sends and is answered, by operationId.
type examples map[string]example

// example is one call that succeeds, and refusals of others to the same operation by their codes.
type example struct {
	Request  json.RawMessage            `json:"request"`
	Response json.RawMessage            `json:"response"`
	Refusals map[string]json.RawMessage `json:"refusals"`
}

func readExamples() (examples, error) {
	out := examples{}
	if err := json.Unmarshal(examplesFile, &out); err != nil {
		return nil, fmt.Errorf("examples.json: %w", err)
	}
	return out, nil
}

// put writes the examples into the document. An example of no operation is an error; an operation without one is found by the
// test that makes the calls, which reads the document.
func (e examples) put(doc object) error {
	unused := maps.Clone(e)
	for p, item := range at(doc, "paths") {
		methods, _ := item.(object)
		for method, v := range methods {
			op, _ := v.(object)
			id, _ := op["operationId"].(string)
			delete(unused, id)
			if err := e[id].put(op); err != nil {
				return fmt.Errorf("%s %s (%s): %w", method, p, id, err)
			}
		}
	}
	if len(unused) > 0 {
		return fmt.Errorf("examples of no operation: %v", slices.Sorted(maps.Keys(unused)))
	}
	return nil
}

func (e example) put(op object) error {
	if body, ok := op["requestBody"].(object); ok {
		if err := putExample(body, e.Request); err != nil {
			return fmt.Errorf("request: %w", err)
		}
	}
	for status, r := range at(op, "responses") {
		response, _ := r.(object)
		if !strings.HasPrefix(status, "2") || response["content"] == nil {
			continue
		}
		if err := putExample(response, e.Response); err != nil {
			return fmt.Errorf("response: %w", err)
		}
	}
	return e.putRefusals(op)
}

// putRefusals puts each where its code is described; one that is described nowhere is an error.
func (e example) putRefusals(op object) error {
	for code, document := range e.Refusals {
		var value object
		if err := json.Unmarshal(document, &value); err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
		response, _ := at(op, "responses")[fmt.Sprint(value["status"])].(object)
		media, _ := at(response, "content")["application/problem+json"].(object)
		if !strings.Contains(fmt.Sprint(response["description"]), "`"+code+"`") {
			return fmt.Errorf("it is not described as refused with %s", code)
		}
		at(media, "examples")[code] = object{"value": value}
	}
	return nil
}

// putExample puts it into each kind of JSON that there may be; where there is none, there is no example.
func putExample(of object, example json.RawMessage) error {
	if len(example) == 0 {
		return nil
	}
	var value any
	if err := json.Unmarshal(example, &value); err != nil {
		return err
	}
	for kind, v := range at(of, "content") {
		if media, ok := v.(object); ok && strings.HasSuffix(kind, "json") {
			media["example"] = value
		}
	}
	return nil
}
