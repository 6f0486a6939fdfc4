package person

import (
	"cmp"

	"github.com/propusk-id/propusk/services/internal/persona"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// fillIn puts the data of the sandbox's test person, if one was chosen, where there is none yet.
func fillIn(answers map[string]string, p *persona.Persona) {
	if p == nil {
		return
	}
	for field, value := range map[string]string{
		"last_name": p.LastName, "first_name": p.FirstName, "gender": p.Gender, "birth_date": p.BirthDate,
		"birth_place": p.BirthPlace, "citizenship": p.Citizenship, "snils": p.SNILS, profiles.FieldPassport: p.Series + p.Number,
		"issue_date": p.IssueDate, "issued_by": p.IssuedBy, "issue_code": p.IssueCode,
	} {
		if old, asked := answers[field]; asked {
			answers[field] = cmp.Or(old, profiles.TypedAs(field, value))
		}
	}
	// Somebody else's middle name is nobody's.
	if middle, asked := answers["middle_name"]; asked && answers["last_name"] == p.LastName && answers["first_name"] == p.FirstName {
		answers["middle_name"] = cmp.Or(middle, p.MiddleName)
	}
}
