// Package compose makes one OpenAPI document of the contracts' generated ones.
//
// protoc-gen-openapiv3 writes the shapes and the comments; the contracts' own descriptors say what it leaves out: what is
// always there, what a text looks like, what may be sent, and for which reasons a call is refused.
package compose

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// object is any JSON object.
type object = map[string]any

// composedFile describes what no contract does: what the gateway composes itself or hands on to the sandbox, and problem
// documents.
const composedFile = "composed.openapi.json"

//go:embed composed.openapi.json
var composed embed.FS

const about = `Sign-up, identity and levels of a person.

A POST or a PUT has application/json; a PATCH is a merge patch (RFC 7396), as application/json or application/merge-patch+json.

Errors are problem documents (RFC 9457): their ` + "`code`" + ` is stable, their words are in the language of Accept-Language. Unknown
members and parameters are refused. What is optional in an answer is left out when there is nothing to say. Requests that
create or send take an Idempotency-Key, and say what it does for them: a random value, such as a UUIDv4, the same when there was no answer or
one of 500 and above, another after a refusal. Any request may be answered 421 when the installation does not serve its host, and 405 when the path has other
methods.`

// Document merges the documents below root and completes them.
func Document(root fs.FS) (map[string]any, error) {
	examples, err := readExamples()
	if err != nil {
		return nil, err
	}
	doc := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Propusk", "version": "1", "description": about,
			"contact": object{"name": "Propusk", "url": "https://github.com/propusk-id/propusk"},
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":    []any{object{"url": "/", "description": "This installation."}},
		"security":   []any{object{"bearer": []any{}}},
		"tags":       []any{},
		"paths":      object{},
		"components": object{"schemas": object{}},
	}
	files, err := find(root)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := merge(doc, root, f); err != nil {
			return nil, err
		}
	}
	if err := completeContracts(doc); err != nil {
		return nil, err
	}
	if err := merge(doc, composed, composedFile); err != nil {
		return nil, err
	}
	if err := completeRefusals(doc); err != nil {
		return nil, err
	}
	addShared(doc)
	prune(doc)
	return doc, examples.put(doc)
}

// completeContracts completes what the contracts say of themselves, and gives it the names that callers see.
func completeContracts(doc object) error {
	if err := completeOperations(doc); err != nil {
		return err
	}
	if err := completeAnswers(at(doc, "components", "schemas")); err != nil {
		return err
	}
	rename(doc)
	camelPaths(doc)
	return nil
}

func find(root fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".openapi.json") {
			files = append(files, p)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}

func merge(doc object, root fs.FS, file string) error {
	content, err := fs.ReadFile(root, file)
	if err != nil {
		return err
	}
	var part object
	if err := json.Unmarshal(content, &part); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	tags, _ := part["tags"].([]any)
	all, _ := doc["tags"].([]any)
	doc["tags"] = append(all, tags...)
	maps.Copy(at(doc, "paths"), at(part, "paths"))
	maps.Copy(at(doc, "components", "schemas"), at(part, "components", "schemas"))
	return nil
}

// prune drops schemas that nothing refers to.
func prune(doc object) {
	all := at(doc, "components", "schemas")
	for {
		used := map[string]bool{}
		walk(doc, func(o object) {
			if r, ok := o["$ref"].(string); ok {
				used[strings.TrimPrefix(r, schemaRef)] = true
			}
		})
		before := len(all)
		maps.DeleteFunc(all, func(name string, _ any) bool { return !used[name] })
		if len(all) == before {
			return
		}
	}
}

// walk visits every object of a document.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

// at is the object at a path of names, made if it is not there.
func at(o object, names ...string) object {
	for _, n := range names {
		next, ok := o[n].(object)
		if !ok {
			next = object{}
			o[n] = next
		}
		o = next
	}
	return o
}

// clone is a deep copy.
func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for k, child := range v {
			out[k] = clone(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = clone(child)
		}
		return out
	default:
		return v
	}
}
