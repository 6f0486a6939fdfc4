package domain

import (
	"slices"
	"strings"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// The fields of a registry's question by where they stand in a snapshot.
const (
	personFields   = "last_name first_name middle_name birth_date gender birth_place citizenship snils"
	passportFields = "series number issue_date issue_code issued_by"
)

// PathOf is where a field of a registry's question stands in a snapshot; false: in none that is known.
func PathOf(field string) (string, bool) {
	switch {
	case slices.Contains(strings.Fields(personFields), field):
		return "person." + field, true
	case slices.Contains(strings.Fields(passportFields), field):
		return "passport." + field, true
	}
	return "", false
}

// decisive are the fields without which a registry says no match.
func decisive(r Registry) []string {
	fields := "last_name first_name middle_name birth_date snils gender"
	if r == verificationv1.Registry_FMS {
		fields = "last_name first_name middle_name birth_date series number issue_date issue_code"
	}
	var out []string
	for field := range strings.FieldsSeq(fields) {
		path, _ := PathOf(field)
		out = append(out, path)
	}
	return out
}

// Vouched are the fields of the snapshot that any registry vouched for, each once. A match that names none came from, or
// was stored by, a version that knew no fields: it is about what decides a match.
func (v Verification) Vouched() []string {
	var all []string
	for _, c := range v.Checks {
		switch {
		case c.State != verificationv1.Check_MATCHED:
		case len(c.Vouched) == 0:
			all = append(all, decisive(c.Registry)...)
		default:
			all = append(all, c.Vouched...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
