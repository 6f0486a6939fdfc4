package letter

import (
	"strings"
	"testing"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/letter/address")
	home := &profilev1.Address{
		Id: "1", Type: profilev1.AddressType_RESIDENCE, PostalCode: "119019", Region: "Москва", City: "Москва",
		Street: "улица Арбат", House: "10", Flat: "5",
	}
	form := Address{Page: page, Recipient: "Петрова Анна Сергеевна", Address: home}
	bad := form
	bad.Page = pagetest.Failing(page, pagetest.Wrong("address.postal_code", errorsv1.Reason_FIELD_MALFORMED),
		pagetest.Wrong("city", errorsv1.Reason_FIELD_REQUIRED), pagetest.Wrong("type", errorsv1.Reason_FIELD_UNKNOWN_VALUE))
	meanwhile, draft := form, form
	meanwhile.Page = pagetest.Failing(page, components.FieldError{Reason: errorsv1.Reason_PRECONDITION_FAILED})
	meanwhile.Saved = profiles.AddressFacts(page, home)
	draft.Page = pagetest.Draft(page)
	check := Check{Page: site.SignedIn(lang, "/cabinet/letter/check?address=1"), Recipient: form.Recipient, Address: home}
	late := check
	late.Page = pagetest.Failing(check.Page, components.FieldError{
		Reason: errorsv1.Reason_LETTER_LIMIT, Params: map[string]string{"Seconds": "80000"},
	})
	all := []pagetest.Sample{
		{Name: "letter-intro", View: Intro{Page: site.SignedIn(lang, "/cabinet/letter")}},
		{Name: "letter-address-empty", View: Address{Page: page, Recipient: form.Recipient}},
		{Name: "letter-address", View: form},
		{Name: "letter-address-wrong", View: bad},
		{Name: "letter-address-late", View: meanwhile},
		{Name: "letter-address-draft", View: draft},
		{Name: "letter-check", View: check},
		{Name: "letter-check-late", View: late},
		{Name: "confirmed", View: Confirmed{
			Page: site.SignedIn(lang, "/cabinet/confirmed"), FullName: form.Recipient, Method: "LETTER", Time: pagetest.Noon(),
		}},
	}
	for _, state := range []string{"CREATED", "IN_TRANSIT", "AT_OFFICE", "DELIVERED", "RETURNED", "LETTER_EXPIRED"} {
		all = append(all, pagetest.Sample{Name: "letter-" + state, View: status(site, lang, state)})
	}
	wrong, dead := status(site, lang, "DELIVERED"), status(site, lang, "DELIVERED")
	wrong.Page = pagetest.Failing(wrong.Page, components.FieldError{
		Field: "code", Reason: errorsv1.Reason_CONFIRMATION_CODE_WRONG, Params: map[string]string{"Attempts": "1"},
	})
	wrong.Code = "l 7xk2 m9qr tz"
	dead.Page = pagetest.Failing(dead.Page, components.FieldError{
		Reason: errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED, Params: map[string]string{"Seconds": "600"},
	})
	dead.TakesCode = false
	return append(all, pagetest.Sample{Name: "letter-code-wrong", View: wrong}, pagetest.Sample{Name: "letter-code-dead", View: dead})
}

func status(site pagetest.Site, lang, state string) Status {
	m := Status{
		Page: site.SignedIn(lang, "/cabinet/letter"), State: state, Address: "119019, Москва, улица Арбат, д. 10, кв. 5",
		CreateTime: pagetest.Noon(), CodeExpireTime: pagetest.Noon().Add(30 * 24 * time.Hour), ReorderTime: pagetest.Noon().Add(24 * time.Hour),
	}
	m.TakesCode, m.CanReorder = !m.over(), m.over()
	if state == "CREATED" || state == "IN_TRANSIT" {
		m.ExpectedFrom, m.ExpectedUntil = "2025-11-24", "2025-12-05"
	}
	if state != "CREATED" {
		m.TrackingNumber, m.TrackingURL = "80085712345678", "https://www.pochta.ru/tracking#80085712345678"
	}
	return m
}

// The field for the code, the number and the way to track it stand on one page, as long as they are of use.
func TestTheCodeAndTheNumberStandTogether(t *testing.T) {
	for _, s := range samples(pagetest.New(t, texts), "en") {
		text := pagetest.Render(t, s.View)
		code, number := strings.Contains(text, `name="code"`), strings.Contains(text, "80085712345678")
		switch s.Name {
		case "letter-AT_OFFICE", "letter-DELIVERED", "letter-IN_TRANSIT", "letter-code-wrong":
			if !code || !number || !strings.Contains(text, "https://www.pochta.ru/tracking#80085712345678") {
				t.Errorf("%s: code %t, number %t", s.Name, code, number)
			}
		case "letter-CREATED":
			if !code || number || !strings.Contains(text, "24 November 2025 to 5 December 2025") {
				t.Errorf("%s: code %t, number %t: %s", s.Name, code, number, text)
			}
		case "letter-RETURNED", "letter-LETTER_EXPIRED", "letter-code-dead":
			if code {
				t.Errorf("%s takes a code", s.Name)
			}
		}
	}
}

func TestOneTrueSentenceWhenNoAttemptIsLeft(t *testing.T) {
	site := pagetest.New(t, texts)
	for seconds, want := range map[string]string{"600": "You can enter the next code in 10 minutes.", "": "for this letter: order another letter"} {
		m := status(site, "en", "DELIVERED")
		m.TakesCode = false
		m.Page = pagetest.Failing(m.Page, components.FieldError{
			Reason: errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED, Params: map[string]string{"Seconds": seconds},
		})
		if text := pagetest.Render(t, m); strings.Count(text, want) != 1 {
			t.Errorf("%q seconds: %q is not said once", seconds, want)
		}
	}
}

// Before the order people learn who refuses such an account.
func TestTheIntroductionSaysWhoRefuses(t *testing.T) {
	text := pagetest.Render(t, Intro{Page: pagetest.New(t, texts).SignedIn("en", "/cabinet/letter")})
	if !strings.Contains(text, "tax service") {
		t.Error("it does not name the tax service")
	}
}

func TestWhatCannotBeReadIsToldHowToWrite(t *testing.T) {
	site := pagetest.New(t, texts)
	for _, field := range []string{"postal_code", "type", "street"} {
		page := pagetest.Failing(site.SignedIn("en", "/cabinet/letter/address"), pagetest.Wrong(field, errorsv1.Reason_FIELD_MALFORMED))
		if text := pagetest.Render(t, Address{Page: page}); strings.Count(text, field+"-error") < 2 {
			t.Errorf("%s: the error is not at the field", field)
		}
	}
}

// Every value of the contracts has words on the page that shows it.
func TestEveryValueHasWords(t *testing.T) {
	site := pagetest.New(t, texts)
	page := site.SignedIn("en", "/x")
	pagetest.CheckValues(t, accountv1.Method(0).Descriptor(), func(v string) components.View {
		return Confirmed{Page: page, Method: v, Time: pagetest.Noon()}
	})
	pagetest.CheckValues(t, profilev1.AddressType(0).Descriptor(), func(v string) components.View {
		return Address{Page: page, Address: &profilev1.Address{Type: profilev1.AddressType(profilev1.AddressType_value[v])}}
	})
	pagetest.CheckValues(t, confirmationv1.LetterState(0).Descriptor(), func(v string) components.View {
		return Status{Page: page, State: v}
	})
}
