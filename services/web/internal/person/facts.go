package person

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/components"
)

func (m Form) locked() bool { return m.State == "PENDING" || m.State == "VERIFIED" }

func (m Form) personFacts() []components.Fact {
	name := identifiers.JoinNonEmpty(" ", m.LastName, m.FirstName, m.MiddleName)
	return []components.Fact{
		m.fact("last_name", m.T("person.name"), name),
		m.fact("gender", m.T("field.gender"), m.genderName()),
		m.fact("birth_date", m.T("field.birth_date"), m.Words.Day(m.BirthDate)),
		m.fact("birth_place", m.T("field.birth_place"), m.BirthPlace),
		m.fact("citizenship", m.T("field.citizenship"), country(m.Page, cmp.Or(m.Citizenship, "RUS"))),
		m.fact("snils", m.T("field.snils"), i18n.SNILS(m.SNILS)),
	}
}

func (m Form) passportFacts() []components.Fact {
	return []components.Fact{
		m.fact("number", m.T("person.series_number"), i18n.Passport(m.Series, m.Number)),
		m.fact("issue_date", m.T("field.issue_date"), m.Words.Day(m.IssueDate)),
		m.fact("issued_by", m.T("field.issued_by"), m.IssuedBy),
		m.fact("issue_code", m.T("field.issue_code"), m.IssueCode),
	}
}

// fact says of verified data which of it no registry vouched for.
func (m Form) fact(field, name, value string) components.Fact {
	if m.State == "VERIFIED" && value != "" && !slices.Contains(m.Vouched, field) {
		value += " (" + m.T("person.not_vouched") + ")"
	}
	return components.Fact{Name: name, Value: value}
}

func (m Form) genderName() string {
	if m.Gender == "" {
		return ""
	}
	return m.T("gender." + m.Gender)
}

// country is a country's name in the page's language, the code itself when it has none.
func country(p components.Page, alpha3 string) string {
	region, err := language.ParseRegion(alpha3)
	if err != nil {
		return alpha3
	}
	if name := display.Regions(language.Make(p.Words.Lang())).Name(region); name != "" {
		return name
	}
	return alpha3
}

// countries are the choices of citizenship: Russia first, then by name.
func countries(p components.Page) []components.Option {
	codes := strings.Fields(countryCodes)
	options := make([]components.Option, 0, len(codes))
	for _, code := range codes {
		options = append(options, components.Option{Value: code, Text: country(p, code)})
	}
	slices.SortFunc(options, func(a, b components.Option) int {
		if a.Value == "RUS" || b.Value == "RUS" {
			return boolOrder(a.Value == "RUS", b.Value == "RUS")
		}
		return strings.Compare(a.Text, b.Text)
	})
	return options
}

// boolOrder puts what is true first.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

// countryCodes are the states whose citizenship can be named (ISO 3166-1 alpha-3).
const countryCodes = `
AFG ALB DZA AND AGO ATG ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA BRA BRN BGR BFA
BDI KHM CMR CAN CPV CAF TCD CHL CHN COL COM COG COD CRI CIV HRV CUB CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ
ERI EST SWZ ETH FJI FIN FRA GAB GMB GEO DEU GHA GRC GRD GTM GIN GNB GUY HTI HND HUN ISL IND IDN IRN IRQ IRL
ISR ITA JAM JPN JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN LSO LBR LBY LIE LTU LUX MDG MWI MYS MDV MLI MLT
MHL MRT MUS MEX FSM MDA MCO MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR OMN PAK PLW PAN PNG
PRY PER PHL POL PRT QAT ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN SRB SYC SLE SGP SVK SVN SLB SOM ZAF SSD
ESP LKA SDN SUR SWE CHE SYR TJK TZA THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR USA URY UZB VUT VAT
VEN VNM YEM ZMB ZWE`
