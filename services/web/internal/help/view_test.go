package help

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample {
		return append(samples(site.Blank(lang, "/help"), ""), samples(pagetest.Supported(site.Blank(lang, "/help")), "-support")...)
	})
}

// samples are all pages of help, as an installation with or without a support has them.
func samples(p components.Page, suffix string) []pagetest.Sample {
	all := []pagetest.Sample{
		{Name: "help" + suffix, View: Index{Page: p}}, {Name: "help-locked" + suffix, View: Locked{Page: p}},
	}
	for _, topic := range topics() {
		all = append(all, pagetest.Sample{Name: "help-" + topic.name + suffix, View: Topic{Page: p, topic: topic}})
	}
	return all
}

// Nobody is sent to a support that is not there; where it is, every page says how to reach it.
func TestSupportIsSpokenOfWhereThereIsOne(t *testing.T) {
	site := pagetest.New(t, texts)
	for lang, word := range map[string]string{"ru": "поддержк", "en": "support"} {
		for _, s := range samples(site.Blank(lang, "/help"), "") {
			if text := strings.ToLower(pagetest.Render(t, s.View)); strings.Contains(text, word) {
				t.Errorf("%s in %s speaks of support, and there is none", s.Name, lang)
			}
		}
		p := pagetest.Supported(site.Blank(lang, "/help"))
		for _, s := range samples(p, "") {
			text := pagetest.Render(t, s.View)
			for _, want := range []string{`href="tel:88001007010"`, `href="mailto:help@example.ru"`, p.SupportContacts.Hours(lang)} {
				if !strings.Contains(text, want) {
					t.Errorf("%s in %s has no %s", s.Name, lang, want)
				}
			}
		}
	}
}

// Other pages and messages that have been sent lead to these.
func TestTheLocksKeepTheirAddresses(t *testing.T) {
	text := pagetest.Render(t, Locked{Page: pagetest.New(t, texts).Blank("en", "/help/locked")})
	for _, id := range []string{"code", "code_lock", "disabled", "signin", "verification", "letter", "recover"} {
		if !strings.Contains(text, `id="`+id+`"`) {
			t.Errorf("no #%s", id)
		}
	}
}
