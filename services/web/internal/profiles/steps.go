package profiles

import (
	"slices"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// FieldPassport is the passport's series and number, which pages ask for in one field.
const FieldPassport = "passport_number"

// The pages that others ask for by name: of the names, and of the passport.
const (
	StepNames    = "names"
	StepPassport = "passport"
)

// Step is one page of the person's data, and the fields that it asks for.
type Step struct {
	Name   string
	Fields []string
}

// Steps are the pages in their order.
func Steps() []Step {
	return []Step{
		{StepNames, []string{"last_name", "first_name", "middle_name"}},
		{"birth", []string{"gender", "birth_date", "birth_place"}},
		{"citizenship", []string{"citizenship"}},
		{"snils", []string{"snils"}},
		{StepPassport, []string{FieldPassport, "issue_date", "issued_by", "issue_code"}},
	}
}

// Fields are those of all pages, in their order.
func Fields() []string {
	var out []string
	for _, s := range Steps() {
		out = append(out, s.Fields...)
	}
	return out
}

// ChangePath is where a field is changed; the page then leads back to the summary.
func ChangePath(field string) string {
	for _, s := range Steps() {
		if slices.Contains(s.Fields, field) {
			return paths.PersonStep(s.Name) + "?change=1#" + field
		}
	}
	return paths.Person
}

// Answers are what is saved, by the pages' fields: dates in ISO 8601, SNILS and passport as digits, "" for what is not.
func Answers(p *profilev1.Person, passport *profilev1.Document) map[string]string {
	gender := ""
	if p.GetGender() != profilev1.Gender_GENDER_UNSPECIFIED {
		gender = p.GetGender().String()
	}
	return map[string]string{
		"last_name": p.GetLastName(), "first_name": p.GetFirstName(), "middle_name": p.GetMiddleName(), "gender": gender,
		"birth_date": p.GetBirthDate(), "birth_place": p.GetBirthPlace(), "citizenship": p.GetCitizenship(), "snils": p.GetSnils(),
		FieldPassport: passport.GetSeries() + passport.GetNumber(), "issue_date": passport.GetIssueDate(),
		"issued_by": passport.GetIssuedBy(), "issue_code": passport.GetIssueCode(),
	}
}

// Required says whether registries need the field; not everybody has a patronymic.
func Required(field string) bool { return field != "middle_name" }

// Gaps are the fields of a page that registries need and that are empty.
func (s Step) Gaps(answers map[string]string) []string {
	var out []string
	for _, field := range s.Fields {
		if Required(field) && answers[field] == "" {
			out = append(out, field)
		}
	}
	return out
}

// FirstGap is the first page with gaps; "": all is filled in.
func FirstGap(answers map[string]string) string {
	for _, s := range Steps() {
		if len(s.Gaps(answers)) > 0 {
			return s.Name
		}
	}
	return ""
}

// Foreign says whether the person is known to be no citizen of Russia: the registries are asked by a Russian passport.
func Foreign(answers map[string]string) bool {
	return answers["citizenship"] != "" && answers["citizenship"] != "RUS"
}
