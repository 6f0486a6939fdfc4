package compose

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// codeSchema is the schema of all problem codes, fieldCodeSchema of what may be wrong with a field or a password.
const (
	codeSchema      = "ProblemCode"
	fieldCodeSchema = "FieldCode"
)

// everywhere are the reasons for which any operation refuses.
var everywhere = []errs.Reason{
	errorsv1.Reason_VALIDATION_FAILED, errorsv1.Reason_REQUEST_MALFORMED, errorsv1.Reason_IDEMPOTENCY_KEY_INVALID,
	errorsv1.Reason_RATE_LIMITED, errorsv1.Reason_INTERNAL, errorsv1.Reason_UNAVAILABLE, errorsv1.Reason_OVERLOADED,
	errorsv1.Reason_DEADLINE_EXCEEDED,
}

// signIn are those of a token that is wrong, also where none is needed.
var signIn = []errs.Reason{errorsv1.Reason_UNAUTHENTICATED, errorsv1.Reason_SESSION_ENDED}

// beforeAll are the reasons for which a request is refused before it reaches an operation, or that answer an operation whose caller
// is at fault in a way that no client of ours is.
var beforeAll = []errs.Reason{
	errorsv1.Reason_METHOD_NOT_ALLOWED, errorsv1.Reason_HOST_NOT_SERVED, errorsv1.Reason_ORIGIN_NOT_ALLOWED, errorsv1.Reason_PERMISSION_DENIED,
}

// elsewhere are what is wrong with fields of pages and of partners' requests only.
var elsewhere = []errs.Reason{errorsv1.Reason_MISMATCH}

// completeRefusals describes for each operation the refusals that are its own, that follow from what it takes, and that any
// operation has.
func completeRefusals(doc object) error {
	told := slices.Clone(beforeAll)
	for p, item := range at(doc, "paths") {
		methods, _ := item.(object)
		for method, op := range methods {
			operation, _ := op.(object)
			reasons, err := refusalsOf(method, p, operation)
			if err != nil {
				return fmt.Errorf("%s %s: %w", method, p, err)
			}
			maps.Copy(at(operation, "responses"), responses(doc, p, reasons))
			told = append(told, reasons...)
		}
	}
	addCodes(doc, told)
	return nil
}

func refusalsOf(method, path string, op object) ([]errs.Reason, error) {
	out := slices.Clone(everywhere)
	if strings.HasPrefix(path, "/v1/") { // a sandbox's helpers look at no token
		out = append(out, signIn...)
	}
	if slices.Contains([]string{"post", "put", "patch"}, method) { // a body is looked at, also where none is needed
		out = append(out, errorsv1.Reason_MALFORMED_JSON, errorsv1.Reason_PAYLOAD_TOO_LARGE, errorsv1.Reason_UNSUPPORTED_MEDIA_TYPE)
	}
	if has(op, "IfMatch") {
		out = append(out, errorsv1.Reason_IF_MATCH_MALFORMED, errorsv1.Reason_PRECONDITION_FAILED)
	}
	if takes(op, "path") {
		out = append(out, errorsv1.Reason_NOT_FOUND) // of what is no id
	}
	names, _ := op[refusalsKey].([]any)
	delete(op, refusalsKey)
	for _, n := range names {
		name, _ := n.(string)
		r, ok := errorsv1.Reason_value[name]
		if !ok || errs.StatusOf(errs.Reason(r)) == 0 {
			return nil, fmt.Errorf("there is no reason %q for a refusal", name)
		}
		out = append(out, errs.Reason(r))
	}
	return out, nil
}

// takes says whether an operation has parameters of a kind.
func takes(op object, in string) bool {
	params, _ := op["parameters"].([]any)
	return slices.ContainsFunc(params, func(p any) bool {
		o, _ := p.(object)
		return o["in"] == in
	})
}

// responses are the refusals by status. Statuses with nothing of the operation's own are described once for all.
func responses(doc object, path string, reasons []errs.Reason) object {
	out := object{}
	for status, rs := range byStatus(reasons) {
		if rest := without(rs, slices.Concat(everywhere, signIn)); len(rest) > 0 {
			out[strconv.Itoa(status)] = refused(status, path, rs)
			continue
		}
		name := fmt.Sprintf("Problem%d", status)
		at(doc, "components", "responses")[name] = refused(status, anyPath, rs)
		out[strconv.Itoa(status)] = object{"$ref": "#/components/responses/" + name}
	}
	return out
}

func byStatus(reasons []errs.Reason) map[int][]errs.Reason {
	out := map[int][]errs.Reason{}
	for _, r := range reasons {
		status := errs.StatusOf(r)
		if !slices.Contains(out[status], r) {
			out[status] = append(out[status], r)
		}
	}
	return out
}

func without(all, some []errs.Reason) []errs.Reason {
	return slices.DeleteFunc(slices.Clone(all), func(r errs.Reason) bool { return slices.Contains(some, r) })
}

func refused(status int, path string, reasons []errs.Reason) object {
	var codes []any
	var lines []string
	examples := object{}
	for _, r := range reasons {
		codes = append(codes, r.String())
		lines = append(lines, "`"+r.String()+"`: "+meaning(r))
		if example, ok := exampleOf(r, path); ok {
			examples[r.String()] = object{"value": example}
		}
	}
	media := object{"schema": object{"allOf": []any{
		object{"$ref": schemaRef + "Problem"},
		object{"type": "object", "properties": object{"code": object{"type": "string", "enum": codes}}},
	}}}
	if len(examples) > 0 {
		media["examples"] = examples
	}
	out := object{"description": strings.Join(lines, "\n\n"), "content": object{"application/problem+json": media}}
	if errs.MayWait(status) {
		out["headers"] = object{"Retry-After": object{"$ref": "#/components/headers/RetryAfter"}}
	}
	return out
}

// meaning is what a reason means, as its contract says it.
func meaning(r errs.Reason) string {
	value := r.Descriptor().Values().ByNumber(r.Number())
	text, _ := proto.GetExtension(value.Options(), errorsv1.E_Meaning).(string)
	return text
}

// addCodes lists every code that the API can answer with its meaning: those that some operation refuses with, and apart from
// them those of fields.
func addCodes(doc object, told []errs.Reason) {
	problems := codes{
		about: "Why something was refused. Codes are added, never renamed: treat one that you do not know by its status, and show its `detail`.",
		head:  "| code | status | meaning |\n|---|---|---|",
	}
	fields := codes{
		about: "What is wrong with a field, or which rule a password breaks. Codes are added, never renamed: of one that you do not know " +
			"show the `detail`.",
		head: "| code | meaning |\n|---|---|",
	}
	for _, n := range slices.Sorted(maps.Keys(errorsv1.Reason_name)) {
		r := errs.Reason(n)
		status := errs.StatusOf(r)
		if slices.Contains(told, r) {
			problems.add(r, fmt.Sprintf("| `%s` | %d | %s |", r, status, meaning(r)))
		}
		if isOfField(r, status) {
			fields.add(r, fmt.Sprintf("| `%s` | %s |", r, meaning(r)))
		}
	}
	schemas := at(doc, "components", "schemas")
	schemas[codeSchema], schemas[fieldCodeSchema] = problems.schema(), fields.schema()
}

// isOfField says whether a field may be wrong for the reason. Where the JSON breaks off is told as a field too.
func isOfField(r errs.Reason, status int) bool {
	return r == errorsv1.Reason_MALFORMED_JSON ||
		status == 0 && r != errorsv1.Reason_REASON_UNSPECIFIED && !slices.Contains(elsewhere, r)
}

// codes become the schema of an enumeration, with a table of what each means.
type codes struct {
	about, head string
	names       []any
	lines       []string
}

func (c *codes) add(r errs.Reason, line string) {
	c.names, c.lines = append(c.names, r.String()), append(c.lines, line)
}

func (c *codes) schema() object {
	return object{"type": "string", "enum": c.names, "description": c.about + "\n\n" + c.head + "\n" + strings.Join(c.lines, "\n")}
}
