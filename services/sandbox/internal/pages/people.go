package pages

import (
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

func (m People) title(p *registryv1.Persona) string {
	if m.Lang == "en" {
		return p.GetTitleEn()
	}
	return p.GetTitleRu()
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
