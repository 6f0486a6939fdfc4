package errs

import "strings"

// pointer is that of the field's member.
func (f Field) pointer() string {
	if f.Pointer == "" && f.Name != "" {
		return Pointer(f.Name)
	}
	return f.Pointer
}

// Pointer is the JSON pointer of a path in a contract: /person/birthDate of person.birth_date, /context/0 of context[0].
func Pointer(path string) string {
	parts := strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(path), ".")
	for i, p := range parts {
		parts[i] = JSONName(p)
	}
	return "/" + strings.Join(parts, "/")
}

// JSONName is a contract's name as JSON spells it: last_name becomes lastName.
func JSONName(s string) string {
	head, tail, found := strings.Cut(s, "_")
	for found {
		var next string
		next, tail, found = strings.Cut(tail, "_")
		if next != "" {
			head += strings.ToUpper(next[:1]) + next[1:]
		}
	}
	return head
}
