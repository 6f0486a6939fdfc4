package identifiers_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

func TestText(t *testing.T) {
	text := func(s string) (string, error) { return identifiers.ParseText(s, 20) }
	check(t, text, []reading{
		{"ОВД «Арбат»\r\nг. Москвы", "", tooLong},
		{"ОВД\r\n г.\tМосквы, № 1", "ОВД г. Москвы, № 1", ok},
		{"и\u0306", "й", ok},
		{"a\u202eb", "", malformed},
		{"a\u2028b", "a b", ok},
		{"a\x1bb", "", malformed},
		{"a\ufeffb", "", malformed},
		{"\n", "", required},
	})
}

func TestPrintable(t *testing.T) {
	printable := func(s string) (string, error) { return identifiers.ParsePrintable(s, 60) }
	check(t, printable, []reading{
		{"ул. 50-летия Октября, д. 118/2 (корп. «Б»)", "ул. 50-летия Октября, д. 118/2 (корп. «Б»)", ok},
		{"ОВД г. Москвы; отделение: 2", "ОВД г. Москвы; отделение: 2", ok},
		{"ОВД “Арбат” № 1 — Москва", "ОВД \"Арбат\" № 1 - Москва", ok},
		{"Ӓӱ Ҫӗрпӳ, Hôtel d’Été & Co", "Ӓӱ Ҫӗрпӳ, Hôtel d'Été & Co", ok},
		{"ул. Мира 😀", "", malformed},
		{"北京市", "", malformed},
		{"<script>", "", malformed},
		{"Ы̆", "", malformed}, // a mark without a composed form
		{"a = b", "", malformed},
		{strings.Repeat("я", 61), "", tooLong},
		{" ", "", required},
	})
}

func TestTextIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once, err := identifiers.ParseText(rapid.String().Draw(t, "text"), 1000)
		if err != nil {
			return
		}
		if twice, err := identifiers.ParseText(once, 1000); err != nil || twice != once {
			t.Fatalf("%q became %q, %v", once, twice, err)
		}
	})
}

func TestCountry(t *testing.T) {
	check(t, identifiers.ParseCountry, []reading{
		{"rus", "RUS", ok},
		{" BLR ", "BLR", ok},
		{"SSD", "SSD", ok},
		{"SUN", "", unknown},
		{"XKK", "", unknown},
		{"ZZZ", "", unknown},
		{"EUE", "", unknown},
		{"643", "", unknown},
		{"RU", "", malformed},
		{"", "", required},
	})
}

// ISO 3166-1 has 249 officially assigned codes.
func TestCountriesAreAllThere(t *testing.T) {
	n := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				if _, err := identifiers.ParseCountry(string([]rune{a, b, c})); err == nil {
					n++
				}
			}
		}
	}
	if n != 249 {
		t.Errorf("%d countries", n)
	}
}
