package i18n_test

import (
	"strings"
	"testing"
	"testing/fstest"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

func TestEveryReasonHasTexts(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		all := i18ntest.CatalogueOf(t, lang, ".")
		for _, name := range errorsv1.Reason_name {
			for _, part := range []string{".title", ".detail"} {
				if all["reason."+name+part]["other"] == "" {
					t.Errorf("%s: reason.%s%s is missing", lang, name, part)
				}
			}
		}
		for key := range all {
			parts := strings.Split(key, ".")
			of := map[string]int{"reason": 1, "field_reason": 2}[parts[0]]
			if _, ok := errorsv1.Reason_value[parts[of]]; of > 0 && !ok {
				t.Errorf("%s: %s is of no Reason", lang, key)
			}
		}
	}
}

func TestLanguagesAgree(t *testing.T) { i18ntest.LanguagesAgree(t, ".") }

func TestTwoCataloguesMayNotHaveOneKey(t *testing.T) {
	feature := func(text string) fstest.MapFS {
		return fstest.MapFS{"locales/en.toml": {Data: []byte(text)}, "locales/ru.toml": {Data: []byte(text)}}
	}
	c, err := i18n.Load(feature("[lodge]\ntitle = \"A lodge\""), feature("[barn]\ntitle = \"A barn\""))
	if err != nil || c.For("en").T("barn.title") != "A barn" || c.For("ru").T("lodge.title") != "A lodge" {
		t.Fatal(err)
	}
	_, err = i18n.Load(feature("[date]\nday = \"x\""))
	if err == nil || !strings.Contains(err.Error(), "date.day") {
		t.Errorf("a key of two: %v", err)
	}
}
