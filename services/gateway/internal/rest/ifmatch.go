package rest

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// readIfMatch is the condition of an edit (RFC 9110 §13.1.1) as services get it: *, or entity tags divided by ", ". Weak
// tags count as the strong ones that ours are: a proxy that compresses answers makes them weak, and would have people
// refused for what they have just read. A list that is none is refused (IF_MATCH_MALFORMED): it must not pass for no
// condition. What has no versions is edited whatever the header says.
func readIfMatch(lines []string) (string, error) {
	if len(lines) == 0 {
		return "", nil
	}
	list := strings.Trim(strings.Join(lines, ","), " \t")
	if list == "*" {
		return list, nil
	}
	var tags []string
	for {
		tag, rest, ok := entityTag(list)
		if !ok {
			return "", errs.New(errorsv1.Reason_IF_MATCH_MALFORMED, "If-Match is neither * nor a list of entity tags")
		}
		tags = append(tags, tag)
		if rest == "" {
			return strings.Join(tags, ", "), nil
		}
		list = strings.TrimLeft(rest[1:], " \t")
	}
}

// entityTag reads one tag, in its strong form, up to a comma or the end.
func entityTag(s string) (tag, rest string, ok bool) {
	s = strings.TrimPrefix(s, "W/")
	if !strings.HasPrefix(s, `"`) {
		return "", "", false
	}
	end := strings.IndexByte(s[1:], '"') + 1
	if end == 0 || strings.ContainsFunc(s[1:end], func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return "", "", false
	}
	tag, rest = s[:end+1], strings.TrimLeft(s[end+1:], " \t")
	return tag, rest, rest == "" || rest[0] == ','
}
