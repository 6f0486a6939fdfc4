package compose

import (
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/propusk-id/propusk/services/gateway/internal/rest"
)

// schemaRef begins a reference to a schema.
const schemaRef = "#/components/schemas/"

// rename cuts schema names, and the references to them, to their last part: the contracts' names do not clash, which a test
// asserts. An enum State of several services keeps its service's name.
func rename(doc object) {
	schemas := at(doc, "components", "schemas")
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if short := shortName(name); short != name {
			schemas[short] = schemas[name]
			delete(schemas, name)
		}
	}
	walk(doc, func(o object) {
		if ref, ok := o["$ref"].(string); ok {
			o["$ref"] = path.Dir(ref) + "/" + shortName(path.Base(ref))
		}
	})
}

// shared are names that several contracts have.
var shared = []string{"State", "Channel", "Registry", "Check"}

// kinds are names that say too little outside their contract.
var kinds = map[string]string{"Kind": "NotificationKind", "Method": "ConfirmationMethod"}

func shortName(full string) string {
	parts := strings.Split(full, ".")
	if len(parts) < 4 || parts[0] != "propusk" {
		return full
	}
	last := strings.Join(parts[3:], "")
	if longer, ok := kinds[last]; ok {
		return longer
	}
	if slices.Contains(shared, last) {
		return strings.ToUpper(parts[1][:1]) + parts[1][1:] + last
	}
	return last
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

// operationID is a method's name as clients spell theirs: startRegistration.
func operationID(method string) string { return strings.ToLower(method[:1]) + method[1:] }

// spaced is a method's name in words: "Start registration".
func spaced(method string) string {
	var b strings.Builder
	for i, r := range method {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// withoutName is a comment of a contract, which begins with the name of what it describes, as a sentence about it.
func withoutName(comment, name string) string {
	rest, ok := strings.CutPrefix(comment, name+" ")
	if !ok || rest == "" {
		return oneLine(comment)
	}
	for _, verb := range []string{"is ", "are "} {
		if after, ok := strings.CutPrefix(rest, verb); ok && after != "" {
			rest = after
		}
	}
	first := []rune(rest)
	first[0] = unicode.ToUpper(first[0])
	return oneLine(string(first))
}

// oneLine joins the lines of a comment, whose ends mean nothing.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
