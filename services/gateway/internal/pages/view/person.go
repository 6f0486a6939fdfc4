package view

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
)

func (m Person) locked() bool { return m.State == "PENDING" || m.State == "VERIFIED" }

func (m Person) personFacts() []fact {
	return []fact{
		{m.t("person.name"), join(" ", m.LastName, m.FirstName, m.MiddleName)},
		{m.t("field.gender"), m.genderName()},
		{m.t("field.birth_date"), m.words().Day(m.BirthDate)},
		{m.t("field.birth_place"), m.BirthPlace},
		{m.t("field.citizenship"), m.country(or(m.Citizenship, "RUS"))},
		{m.t("field.snils"), i18n.SNILS(m.SNILS)},
	}
}

func (m Person) passportFacts() []fact {
	return []fact{
		{m.t("person.series_number"), i18n.Passport(m.Series, m.Number)},
		{m.t("field.issue_date"), m.words().Day(m.IssueDate)},
		{m.t("field.issued_by"), m.IssuedBy},
		{m.t("field.issue_code"), m.IssueCode},
	}
}

func (m Person) genderName() string {
	if m.Gender == "" {
		return ""
	}
	return m.t("gender." + m.Gender)
}

// country is a country's name in the page's language, the code itself when it has none.
func (p Page) country(alpha3 string) string {
	region, err := language.ParseRegion(alpha3)
	if err != nil {
		return alpha3
	}
	if name := display.Regions(language.Make(p.words().Lang())).Name(region); name != "" {
		return name
	}
	return alpha3
}

// countries are the choices of citizenship: Russia first, then by name.
func (p Page) countries() []option {
	codes := strings.Fields(countryCodes)
	options := make([]option, 0, len(codes))
	for _, code := range codes {
		options = append(options, option{code, p.country(code)})
	}
	slices.SortFunc(options, func(a, b option) int {
		if a.value == "RUS" || b.value == "RUS" {
			return boolOrder(a.value == "RUS", b.value == "RUS")
		}
		return strings.Compare(a.text, b.text)
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
