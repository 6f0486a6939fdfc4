package partner

import (
	"strings"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := pagetest.ForPartner(site.SignedIn(lang, "/interactions/7"))
	page.OtherAccountURL = "/interactions/7?account=other"
	return []pagetest.Sample{
		{Name: "consent", View: Consent{Page: page, Account: "Петрова Анна Сергеевна", Level: "CONFIRMED", Host: "clinic.example", Items: []ConsentItem{
			{Scope: "openid"},
			{Scope: "profile", Purpose: "чтобы завести карту пациента", Claims: []ConsentClaim{
				{Claim: "family_name", Value: "Петрова"},
				{Claim: "given_name", Value: "Анна"},
				{Claim: "middle_name", Value: "Сергеевна", Voluntary: true, Given: true},
				{Claim: "gender", Value: "female", Voluntary: true, Declined: true},
				{Claim: "birthdate", Value: "1990-03-08"},
				{Claim: "locale", Value: "ru"},
			}},
			{Scope: "snils", Purpose: "чтобы передать сведения в фонд", Granted: true, Claims: []ConsentClaim{{Claim: "snils", Value: "112-233-445 95"}}},
			{Scope: "email", Claims: []ConsentClaim{{Claim: "email", Voluntary: true, Given: true}}},
			{Scope: "phone", Claims: []ConsentClaim{{Claim: "phone_number", Value: "+79001234567"}}},
			{Scope: "address", Claims: []ConsentClaim{{Claim: "address", Value: "101000, Москва, ул. Мясницкая, д. 1, кв. 2"}}},
			{Scope: "id_doc", Claims: []ConsentClaim{{Claim: "id_doc", Value: "9902 600017, 20.01.2011, ОВД района Арбат, 770-001"}}},
			{Scope: "offline_access"},
		}}},
		{Name: "consent-limited", View: Consent{
			Page: page, Account: "Петрова Анна Сергеевна", Level: "CONFIRMED", Host: "clinic.example", Limited: true, Items: []ConsentItem{
				{Scope: "openid", Granted: true},
				{Scope: "snils", Purpose: "чтобы передать сведения в фонд", Changed: true, Claims: []ConsentClaim{{Claim: "snils", Value: "112-233-445 95"}}},
				{Scope: "email", Claims: []ConsentClaim{{Claim: "email", Value: "a@example.ru", Voluntary: true, Declined: true}}},
			},
		}},
		{Name: "choose-account", View: Choice{Page: page, Account: "Петрова Анна Сергеевна", Level: "CONFIRMED"}},
		{Name: "second-factor", View: SecondFactor{Page: page}},
		{Name: "second-factor-unbound", View: SecondFactor{Page: page, Unbound: true}},
		{Name: "level-too-low", View: LevelTooLow{Page: page, Required: "CONFIRMED", Current: "SIMPLIFIED"}},
	}
}

func TestConsentShowsWhatIsGiven(t *testing.T) {
	site := pagetest.New(t, Texts)
	page := pagetest.ForPartner(site.SignedIn("en", "/interactions/7"))
	text := pagetest.Render(t, Consent{Page: page, Host: "clinic.example", Level: "STANDARD", Items: []ConsentItem{{Scope: "profile", Claims: []ConsentClaim{
		{Claim: "gender", Value: "female", Voluntary: true, Given: true},
		{Claim: "birthdate", Value: "1990-03-08"},
		{Claim: "middle_name", Voluntary: true, Declined: true},
		{Claim: "family_name", Value: "<b>Petrova</b>"},
	}}}})
	for _, want := range []string{
		"Female", "8 March 1990", "You have not given this", "clinic.example", "You chose not to share this before",
		`id="give_gender" name="give_gender" value="on" checked`, `name="asked_middle_name"`, "&lt;b&gt;Petrova",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	for _, not := range []string{`name="give_birthdate"`, `name="give_middle_name" value="on" checked`} {
		if strings.Contains(text, not) {
			t.Errorf("the page has %s", not)
		}
	}
}

// Who limits sites is offered nothing that is not given, and sees why; what has changed since is said.
func TestALimitedConsentOffersNothingMore(t *testing.T) {
	site := pagetest.New(t, Texts)
	page := pagetest.ForPartner(site.SignedIn("en", "/interactions/7"))
	text := pagetest.Render(t, Consent{Page: page, Limited: true, Level: "STANDARD", Items: []ConsentItem{
		{Scope: "email", Changed: true, Claims: []ConsentClaim{{Claim: "email", Value: "a@example.ru", Voluntary: true, Declined: true}}},
		{Scope: "phone", Claims: []ConsentClaim{{Claim: "phone_number", Value: "+79001234567"}}},
	}})
	for _, want := range []string{"Not shared: you limit access", `href="/cabinet/sites"`, "You allowed this before, but", "123-45-67"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(text, "a@example.ru") || strings.Contains(text, `name="give_email"`) {
		t.Error("the page offers what is not given")
	}
}

func TestWhoIsTooLowLearnsEveryStepUp(t *testing.T) {
	site := pagetest.New(t, Texts)
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
	site := pagetest.New(t, Texts)
	page := site.SignedIn("en", "/x")
	pagetest.CheckValues(t, accountv1.Level(0).Descriptor(), func(v string) components.View {
		return LevelTooLow{Page: page, Required: v, Current: v}
	})
}
