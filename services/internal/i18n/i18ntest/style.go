package i18ntest

import (
	"strings"
	"testing"
)

// avoided are words that docs/style.md has others for, in small letters.
func avoided(lang string) []string {
	if lang == "ru" {
		return []string{"аккаунт", "пожалуйста", "пфр", "фмс", "заполните это поле", "знак в знак", "сократите значение", "e-mail"}
	}
	return []string{
		"e-mail", "please", "turn to support", "to the beginning", "fill in this field", "prove ", "birth date", "pfr", "fms", "that you are you",
	}
}

// Style says which texts of the catalogues below the roots use words that the style guide has others for.
func Style(t *testing.T, roots ...string) {
	t.Helper()
	for _, lang := range []string{"ru", "en"} {
		for key, forms := range CatalogueOf(t, lang, roots...) {
			for _, text := range forms {
				for _, word := range avoided(lang) {
					if strings.Contains(strings.ToLower(text), word) {
						t.Errorf("%s: %s says %q: see docs/style.md", lang, key, word)
					}
				}
			}
		}
	}
}
