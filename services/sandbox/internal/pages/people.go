package pages

import (
	"strings"
	"time"

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
		{"snils", grouped(p.GetSnils())},
		{"passport", join(" ", d.GetSeries(), d.GetNumber())},
		{"passport_issued", join(", ", m.day(d.GetIssueDate()), d.GetIssuedBy())},
		{"passport_code", d.GetIssueCode()},
		{"address", join(", ", a.GetPostalCode(), a.GetRegion(), a.GetCity(), a.GetStreet(), a.GetHouse(), a.GetFlat())},
		{"fate", m.t("fate_" + p.GetFate())},
	}
}

func fullName(p *registryv1.Persona) string {
	return join(" ", p.GetLastName(), p.GetFirstName(), p.GetMiddleName())
}

// day is a date as people in Russia type it.
func (p Page) day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("02.01.2006")
}

// grouped is a SNILS as it is printed: 000-000-600 01.
func grouped(snils string) string {
	if len(snils) != 11 {
		return snils
	}
	return snils[:3] + "-" + snils[3:6] + "-" + snils[6:9] + " " + snils[9:]
}

func join(separator string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, separator)
}
