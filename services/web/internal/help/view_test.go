package help

import (
	"testing"

	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	return []pagetest.Sample{{Name: "help-locked", View: Locked{Page: site.Blank(lang, "/help/locked")}}}
}
