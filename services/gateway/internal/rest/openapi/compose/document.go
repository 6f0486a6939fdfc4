// Package compose makes one OpenAPI document of the contracts' generated ones.
package compose

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
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

// Document merges the documents below root and completes them.
func Document(root fs.FS) (map[string]any, error) {
	doc := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Propusk", "version": "1",
			"description": "Sign-up, identity and levels of a person. Errors are problem documents (RFC 9457); " +
				"their `code` is stable. Creating and sending requests may carry Idempotency-Key: a random value " +
				"(UUIDv4), new for each request that is meant, the same for its repeats.",
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":    []any{object{"url": "/"}},
		"paths":      object{},
		"components": object{"schemas": object{}},
	}
	files, err := find(root)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := merge(doc, root, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
	}
	if err := complete(doc); err != nil {
		return nil, err
	}
	if err := merge(doc, composed, composedFile); err != nil {
		return nil, fmt.Errorf("%s: %w", composedFile, err)
	}
	prune(doc)
	return doc, nil
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
	// Schemas are known by their own name: the contracts' names do not clash, which a test asserts.
	var part object
	if err := json.Unmarshal(content, &part); err != nil {
		return err
	}
	rename(part)
	maps.Copy(at(doc, "paths"), at(part, "paths"))
	maps.Copy(at(doc, "components", "schemas"), at(part, "components", "schemas"))
	return nil
}

// rename cuts schema names and the references to them to their last part; an enum State of two services keeps its
// service's name.
func rename(part object) {
	schemas := at(part, "components", "schemas")
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if short := shortName(name); short != name {
			schemas[short] = schemas[name]
			delete(schemas, name)
		}
	}
	walk(part, func(o object) {
		if ref, ok := o["$ref"].(string); ok {
			o["$ref"] = path.Dir(ref) + "/" + shortName(path.Base(ref))
		}
	})
}

// shared are names that several contracts have.
var shared = []string{"State", "Channel", "Registry", "Check"}

func shortName(full string) string {
	parts := strings.Split(full, ".")
	if len(parts) < 4 || parts[0] != "propusk" {
		return full
	}
	last := strings.Join(parts[3:], "")
	if slices.Contains(shared, last) {
		return strings.ToUpper(parts[1][:1]) + parts[1][1:] + last
	}
	return last
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
