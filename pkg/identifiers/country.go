package identifiers

import (
	"strings"

	"golang.org/x/text/language"
)

// Country is an ISO 3166-1 alpha-3 code in upper case: "RUS".
type Country string

// Russia is the country whose citizens have the passport of this package.
const Russia Country = "RUS"

// notAssigned are codes that CLDR counts as countries and ISO 3166-1 withdrew, only reserves or leaves to
// users: the Antilles, the Neutral Zone, the Pacific Islands, Serbia and Montenegro, the USSR, Yugoslavia;
// Ascension, Clipperton, Sark, Diego Garcia, Ceuta and Melilla, Canary Islands, Tristan da Cunha, Kosovo.
const notAssigned = "ANT NTZ PCI SCG SUN YUG ASC CPT CRQ DGA XEA XIC TAA XKK"

// ParseCountry reads an alpha-3 code of a country that exists today. The list is CLDR's.
func ParseCountry(s string) (Country, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", problem(required)
	}
	if len(s) != 3 {
		return "", problem(malformed)
	}
	r, err := language.ParseRegion(s)
	if err != nil || r.ISO3() != s || !assigned(r) {
		return "", problem(unknownValue)
	}
	return Country(s), nil
}

func assigned(r language.Region) bool {
	return r.IsCountry() && !r.IsPrivateUse() && r.Canonicalize() == r && !strings.Contains(notAssigned, r.ISO3())
}
