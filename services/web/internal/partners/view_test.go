package partners

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/partners")
	clinic := Way{Partner: "Городская поликлиника № 7", Host: "clinic.example", URL: "https://clinic.example/login"}
	bank := Way{Partner: "Банк", Host: "bank.example", URL: "/interactions/7", Living: true}
	return []pagetest.Sample{
		{Name: "partners", View: Waiting{Page: page, Held: []Held{
			{ID: "1", Way: clinic, Required: "STANDARD", Reached: true, ExpireTime: pagetest.Noon()},
			{ID: "2", Way: bank, Required: "STANDARD", Reached: true, ExpireTime: pagetest.Noon()},
			{ID: "3", Way: Way{Partner: "Фонд", URL: "https://fund.example"}, Required: "CONFIRMED", ExpireTime: pagetest.Noon()},
		}}},
		{Name: "partners-none", View: Waiting{Page: page}},
	}
}

// A way out of the installation says where it leads, and the partner's page cannot reach back; a way within says neither.
func TestWaysOutAreSaid(t *testing.T) {
	site := pagetest.New(t, Texts)
	show := func(w Way) string {
		return pagetest.Render(t, Waiting{Page: site.SignedIn("en", "/partners"), Held: []Held{{ID: "1", Way: w, Required: "STANDARD", Reached: true}}})
	}
	out := show(Way{Partner: "Clinic", Host: "clinic.example", URL: "https://clinic.example/login"})
	if !strings.Contains(out, `href="https://clinic.example/login" rel="noopener"`) || !strings.Contains(out, "go to clinic.example") {
		t.Errorf("the way out: %s", out)
	}
	in := show(Way{Partner: "Clinic", Host: "clinic.example", URL: "/interactions/7", Living: true})
	if !strings.Contains(in, `href="/interactions/7"`) || strings.Contains(in, "noopener") || strings.Contains(in, "clinic.example") {
		t.Errorf("the way within: %s", in)
	}
}
