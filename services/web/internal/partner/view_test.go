package partner

import (
	"strings"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := pagetest.ForPartner(site.SignedIn(lang, "/interactions/7"))
	return []pagetest.Sample{
		{Name: "consent", View: Consent{Page: page, Account: "Петрова Анна Сергеевна", Level: "CONFIRMED", Items: []ConsentItem{
			{Scope: "openid"},
			{Scope: "profile", Purpose: "Чтобы завести карту пациента."},
			{Scope: "snils", Purpose: "Чтобы передать сведения в фонд.", Granted: true},
			{Scope: "email"},
			{Scope: "phone"},
			{Scope: "address"},
			{Scope: "id_doc"},
			{Scope: "offline_access"},
		}}},
		{Name: "level-too-low", View: LevelTooLow{Page: page, Required: "CONFIRMED", Current: "SIMPLIFIED"}},
	}
}

func TestWhoIsTooLowLearnsEveryStepUp(t *testing.T) {
	site := pagetest.New(t, texts)
	const standard, confirmed = "Enter your passport", "Get a registered letter"
	for current, want := range map[string][2]bool{"SIMPLIFIED": {true, true}, "STANDARD": {false, true}, "CONFIRMED": {}} {
		text := pagetest.Render(t, LevelTooLow{Page: site.SignedIn("en", "/interactions/7"), Required: "CONFIRMED", Current: current})
		got := [2]bool{strings.Contains(text, standard), strings.Contains(text, confirmed)}
		if got != want {
			t.Errorf("%s: the steps shown are %v", current, got)
		}
	}
}

// Every value of the contracts has words on the page that shows it.
func TestEveryLevelHasWords(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/x")
	pagetest.CheckValues(t, accountv1.Level(0).Descriptor(), func(v string) components.View {
		return LevelTooLow{Page: page, Required: v, Current: v}
	})
}
