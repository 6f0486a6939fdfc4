package profiles_test

import (
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// Countries are called as they are now, in both languages, and Russia stands first.
func TestCountriesHaveTheirPresentNames(t *testing.T) {
	for lang, want := range map[string]map[string]string{
		"ru": {"RUS": "Россия", "MKD": "Северная Македония", "USA": "Соединённые Штаты Америки", "ARM": "Армения"},
		"en": {"RUS": "Russia", "MKD": "North Macedonia", "SWZ": "Eswatini", "COG": "Congo (Brazzaville)"},
	} {
		guide, names := i18ntest.GuideOf(lang), map[string]string{}
		countries := profiles.Countries(pagetest.New(t).Blank(lang, "/"))
		for _, c := range countries {
			names[c.Value] = c.Text
			for _, fault := range guide.Faults(c.Text) {
				t.Errorf("%s: %s: %s", lang, c.Text, fault)
			}
		}
		for code, name := range want {
			if names[code] != name {
				t.Errorf("%s: %s is called %q, want %q", lang, code, names[code], name)
			}
		}
		if countries[0].Value != "RUS" {
			t.Errorf("%s: %s stands first", lang, countries[0].Text)
		}
	}
}
