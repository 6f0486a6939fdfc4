package profiles

import (
	"slices"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/components"
)

// SeriesDigits is how long a passport's series is, passportDigits series and number together.
const (
	SeriesDigits   = 4
	passportDigits = 10
)

// Shown is a field's saved value as people read it.
func Shown(p components.Page, field, value string) string {
	switch {
	case value == "":
		return ""
	case field == "birth_date" || field == "issue_date":
		return p.Day(value)
	case field == "gender":
		return p.T("gender." + value)
	case field == "citizenship":
		return country(p, value)
	case field == "snils" || field == FieldPassport:
		return i18n.Unbroken(TypedAs(field, value))
	default:
		return TypedAs(field, value)
	}
}

// TypedAs is a field's saved value as people type it.
func TypedAs(field, value string) string {
	switch {
	case field == "birth_date" || field == "issue_date":
		return i18n.TypedDate(value)
	case field == "snils":
		return i18n.SNILS(value)
	case field == FieldPassport && len(value) == passportDigits:
		return i18n.Passport(value[:SeriesDigits], value[SeriesDigits:])
	default:
		return value
	}
}

// Facts are a page's fields and what is saved there.
func (s Step) Facts(p components.Page, answers map[string]string) []components.Fact {
	out := make([]components.Fact, 0, len(s.Fields))
	for _, field := range s.Fields {
		out = append(out, components.Fact{Name: p.T("field." + field), Value: Shown(p, field, answers[field])})
	}
	return out
}

// Vouched says of each field whether a registry vouched for it; of data that is not verified it says nothing.
func Vouched(p *profilev1.Person, passport *profilev1.Document) func(field string) bool {
	verified := slices.Concat(p.GetVerifiedFields().GetPaths(), passport.GetVerifiedFields().GetPaths())
	return func(field string) bool {
		if field == FieldPassport {
			return slices.Contains(verified, "series") && slices.Contains(verified, "number")
		}
		return slices.Contains(verified, field)
	}
}
