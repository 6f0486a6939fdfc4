package web_test

import (
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

func TestLanguagesAgree(t *testing.T) { i18ntest.LanguagesAgree(t, "internal") }

func TestNoTextIsMissingOrUnused(t *testing.T) {
	i18ntest.KeysAreUsed(t, "internal", "../internal/i18n")
}

func TestTextsFollowTheStyleGuide(t *testing.T) {
	i18ntest.Style(t, "internal/components", "internal/failure", "internal/home", "internal/partner", "internal/signin", "internal/signup")
}
