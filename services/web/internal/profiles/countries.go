package profiles

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/propusk-id/propusk/services/web/internal/components"
)

// country is a country's name in the page's language, the code itself when it has none.
func country(p components.Page, alpha3 string) string {
	if name := named(p.Words.Lang())[alpha3]; name != "" {
		return name
	}
	region, err := language.ParseRegion(alpha3)
	if err != nil {
		return alpha3
	}
	if name := display.Regions(language.Make(p.Words.Lang())).Name(region); name != "" {
		return name
	}
	return alpha3
}

// named are the countries that x/text still calls by an earlier name, or not as docs/style.md has it.
func named(lang string) map[string]string {
	if lang == "ru" {
		return map[string]string{
			"COD": "Демократическая Республика Конго", "COG": "Республика Конго", "MKD": "Северная Македония", "SWZ": "Эсватини",
			"USA": "Соединённые Штаты Америки",
		}
	}
	return map[string]string{
		"COD": "Congo (Kinshasa)", "COG": "Congo (Brazzaville)", "MKD": "North Macedonia", "SWZ": "Eswatini",
	}
}

// Countries are the choices of citizenship: Russia first, then by name.
func Countries(p components.Page) []components.Option {
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
