package pages

import (
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

func (p Page) title(persona *registryv1.Persona) string {
	if p.Lang == "en" {
		return persona.GetTitleEn()
	}
	return persona.GetTitleRu()
}

func (m People) factsOf(p *registryv1.Persona) [][2]string {
	d, a := p.GetPassport(), p.GetAddress()
	return [][2]string{
		{"name", fullName(p)},
		{"gender", m.t("gender_" + p.GetGender())},
		{"birth_date", m.day(p.GetBirthDate())},
		{"birth_place", p.GetBirthPlace()},
		{"citizenship", p.GetCitizenship()},
		{"snils", identifiers.SNILS(p.GetSnils()).Format()},
		{"passport", identifiers.JoinNonEmpty(" ", d.GetSeries(), d.GetNumber())},
		{"passport_issued", identifiers.JoinNonEmpty(", ", m.day(d.GetIssueDate()), d.GetIssuedBy())},
		{"passport_code", d.GetIssueCode()},
		{"address", identifiers.JoinNonEmpty(", ", a.GetPostalCode(), a.GetRegion(), a.GetCity(), a.GetStreet(), a.GetHouse(), a.GetFlat())},
		{"fate", m.t("fate_" + p.GetFate())},
	}
}

// fieldsOf are a person's data, one by one, as they are typed.
func (p Page) fieldsOf(persona *registryv1.Persona) [][2]string {
	d, a := persona.GetPassport(), persona.GetAddress()
	return [][2]string{
		{"last_name", persona.GetLastName()},
		{"first_name", persona.GetFirstName()},
		{"middle_name", persona.GetMiddleName()},
		{"gender", p.t("gender_" + persona.GetGender())},
		{"birth_date", p.day(persona.GetBirthDate())},
		{"birth_place", persona.GetBirthPlace()},
		{"citizenship", persona.GetCitizenship()},
		{"snils", identifiers.SNILS(persona.GetSnils()).Format()},
		{"passport", identifiers.JoinNonEmpty(" ", d.GetSeries(), d.GetNumber())},
		{"passport_issue_date", p.day(d.GetIssueDate())},
		{"passport_issued_by", d.GetIssuedBy()},
		{"passport_code", d.GetIssueCode()},
		{"postal_code", a.GetPostalCode()},
		{"region", a.GetRegion()},
		{"city", a.GetCity()},
		{"street", a.GetStreet()},
		{"house", a.GetHouse()},
		{"flat", a.GetFlat()},
	}
}

func fullName(p *registryv1.Persona) string {
	return identifiers.JoinNonEmpty(" ", p.GetLastName(), p.GetFirstName(), p.GetMiddleName())
}

// day is a date as it is typed in Russia.
func (p Page) day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("02.01.2006")
}
