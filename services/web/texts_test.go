package web_test

import (
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

func TestLanguagesAgree(t *testing.T) { i18ntest.LanguagesAgree(t, "internal") }

func TestNoTextIsMissingOrUnused(t *testing.T) {
	i18ntest.KeysAreUsed(t, "internal", "../internal/i18n")
}

// docs/style.md, of everything that people read.
func TestTextsFollowTheStyleGuide(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		guide := i18ntest.GuideOf(lang)
		for where, text := range words(t, lang) {
			for _, fault := range guide.Faults(text) {
				t.Errorf("%s: %s: see docs/style.md: %s", lang, where, fault)
			}
		}
	}
}

func TestButtonsTitlesAndHintsAreNoSentences(t *testing.T) {
	i18ntest.LabelsHaveNoStop(t, "internal", "../internal/i18n")
}
