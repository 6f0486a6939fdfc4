package edge

import "strings"

// forwardedFor are the values of "for" in one Forwarded header (RFC 7239 §4), one for each element; "" where an element has
// none. A header that cannot be read is one such element: were its readable parts taken, a caller who opens a quote could
// hide what a proxy adds behind it.
func forwardedFor(line string) []string {
	var hops []string
	for rest := line; ; {
		hop, after, ok := element(rest)
		if !ok {
			return []string{""}
		}
		hops = append(hops, hop)
		if after == "" {
			return hops
		}
		rest = after[1:]
	}
}

// element reads pairs up to the next comma, which it leaves.
func element(s string) (hop, rest string, ok bool) {
	for {
		name, value, after, ok := pair(s)
		if !ok {
			return "", "", false
		}
		if strings.EqualFold(name, "for") {
			hop = value
		}
		if after == "" || after[0] == ',' {
			return hop, after, true
		}
		s = after[1:]
	}
}

// pair reads name=value, or nothing, up to a semicolon, a comma or the end.
func pair(s string) (name, value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	if s == "" || s[0] == ';' || s[0] == ',' {
		return "", "", s, true
	}
	name, s, ok = strings.Cut(s, "=")
	if !ok || name == "" || strings.ContainsAny(name, "\";, \t") {
		return "", "", "", false
	}
	if strings.HasPrefix(s, `"`) {
		value, s, ok = quoted(s[1:])
	} else {
		end := strings.IndexAny(s+";", ";, \t\"")
		value, s = s[:end], s[end:]
	}
	s = strings.TrimLeft(s, " \t")
	return name, value, s, ok && (s == "" || s[0] == ';' || s[0] == ',')
}

// quoted reads a quoted string (RFC 9110 §5.6.4) behind its opening quote.
func quoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
