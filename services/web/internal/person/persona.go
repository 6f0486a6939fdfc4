package person

import (
	"cmp"

	"github.com/propusk-id/propusk/services/internal/persona"
)

// fillIn puts the data of the sandbox's test person, if one was chosen, where there is none yet.
func (m *Form) fillIn(p *persona.Persona) {
	if p == nil {
		return
	}
	for _, field := range []struct {
		into  *string
		value string
	}{
		{&m.LastName, p.LastName},
		{&m.FirstName, p.FirstName},
		{&m.Gender, p.Gender},
		{&m.BirthDate, p.BirthDate},
		{&m.BirthPlace, p.BirthPlace},
		{&m.Citizenship, p.Citizenship},
		{&m.SNILS, p.SNILS},
		{&m.Series, p.Series},
		{&m.Number, p.Number},
		{&m.IssueDate, p.IssueDate},
		{&m.IssuedBy, p.IssuedBy},
		{&m.IssueCode, p.IssueCode},
	} {
		*field.into = cmp.Or(*field.into, field.value)
	}
	if m.LastName == p.LastName && m.FirstName == p.FirstName { // somebody else's middle name is nobody's
		m.MiddleName = cmp.Or(m.MiddleName, p.MiddleName)
	}
}
