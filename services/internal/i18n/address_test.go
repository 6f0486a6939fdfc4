package i18n_test

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n"
)

// A house's number is not torn from its "д.", wherever the line ends.
func TestAddressesAreNotTorn(t *testing.T) {
	for given, want := range map[string]string{
		"ул. Мира, д. 5, кв. 12":           "ул.~Мира, д.~5, кв.~12",
		"г. Москва, пр-т Мира, д.5 корп 2": "г.~Москва, пр-т Мира, д.5 корп~2",
		"г. с. Новое":                      "г.~с.~Новое",
		"ул. А. С. Пушкина, стр. 1":        "ул.~А. С.~Пушкина, стр.~1",
		"101000, Москва, а/я 1":            "101000, Москва, а/я~1",
		"тел. 8 800 100-70-10":             "тел.~8 800 100-70-10",
		"наб. реки Мойки, д. 12":           "наб.~реки Мойки, д.~12",
		"к морю":                           "к морю",
	} {
		if got := strings.ReplaceAll(i18n.UnbrokenAddress(given), "\u00a0", "~"); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
}
