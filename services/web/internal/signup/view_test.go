package signup

import (
	"strings"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/partners"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts, partners.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	bad := pagetest.Failing(site.Blank(lang, "/sign-up"),
		pagetest.Wrong("person.first_name", errorsv1.Reason_FIELD_REQUIRED), pagetest.Wrong("phone", errorsv1.Reason_PHONE_NOT_MOBILE),
		pagetest.Wrong("email", errorsv1.Reason_FIELD_MALFORMED))
	const code, link, password = "/sign-up/5f0c/code", "/sign-up/5f0c/link?token=t0ken", "/sign-up/5f0c/password"
	composed := &accountv1.PasswordPolicy{MinLength: 8, MaxLength: 128, Composed: true, Punctuation: `!"$%&'()+,-./:;<=>?@[]^_{|}~`, Forbidden: "*#"}
	locked := components.FieldError{Reason: errorsv1.Reason_FACTOR_LOCKED, Params: map[string]string{"Seconds": "840"}}
	attempts := components.FieldError{Field: "code", Reason: errorsv1.Reason_CODE_WRONG, Params: map[string]string{"attempts": "3"}}
	weak := pagetest.Failing(site.Blank(lang, password),
		components.FieldError{Field: "password", Reason: errorsv1.Reason_PASSWORD_TOO_SHORT, Params: map[string]string{"Min": "8"}},
		pagetest.Wrong("password", errorsv1.Reason_PASSWORD_NEEDS_UPPER), pagetest.Wrong("password_repeat", errorsv1.Reason_MISMATCH))
	return []pagetest.Sample{
		{Name: "sign-up", View: Start{Page: site.Blank(lang, "/sign-up")}},
		{Name: "sign-up-wrong", View: Start{Page: bad, LastName: "Петрова", Phone: "495 123", Email: "anna@"}},
		{Name: "sign-up-begun", View: Start{Page: site.Blank(lang, "/sign-up"), LastName: "Петрова", FirstName: "Анна", Phone: "+79001234567", BegunURL: code, Destination: "+7 900 ***-**-67"}},
		{Name: "sign-up-no-phone", View: Start{Page: site.Blank(lang, "/sign-up"), NoPhone: true, Email: "anna@example.ru"}},
		{Name: "code", View: EnterCode{Page: site.Blank(lang, code), Destination: "+7 900 ***-**-67", ExpireTime: pagetest.Noon(), ResendSeconds: 43}},
		{Name: "code-wrong", View: EnterCode{Page: pagetest.Failing(site.Blank(lang, code), attempts), Destination: "+7 900 ***-**-67", ExpireTime: pagetest.Noon()}},
		{Name: "code-locked", View: EnterCode{Page: pagetest.Failing(site.Blank(lang, code), locked), Destination: "+7 900 ***-**-67", Dead: true, Locked: true}},
		{Name: "code-dead", View: EnterCode{Page: pagetest.Failing(site.Blank(lang, code), pagetest.Wrong("", errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)), Destination: "+7 900 ***-**-67", Dead: true}},
		{Name: "link-sent", View: LinkSent{Page: site.Blank(lang, code), Destination: "a***@example.ru", ExpireTime: pagetest.Noon(), ResendSeconds: 60}},
		{Name: "link", View: LinkLanding{Page: site.Blank(lang, link), AgainURL: code}},
		{Name: "link-dead", View: LinkLanding{Page: pagetest.Failing(site.Blank(lang, link), pagetest.Wrong("", errorsv1.Reason_LINK_EXPIRED)), AgainURL: code, Dead: true}},
		{Name: "link-done", View: LinkLanding{Page: site.Blank(lang, link), AgainURL: code, ContinueURL: "/sign-up/5f0c/password"}},
		{Name: "password", View: SetPassword{Fields: newpassword.Fields{Page: site.Blank(lang, password), Username: "+79001234567", Context: []string{"Анна", "Петрова"}, Policy: composed}, BackURL: "/sign-up"}},
		{Name: "password-wrong", View: SetPassword{Fields: newpassword.Fields{Page: weak, Username: "+79001234567", Policy: composed}, BackURL: "/sign-up"}},
		{Name: "password-generated", View: SetPassword{Fields: newpassword.Fields{Page: site.Blank(lang, password), Policy: composed, Generated: "Kd7-mWq2.xPz9"}, BackURL: "/sign-up"}},
		{Name: "password-length-only", View: SetPassword{Fields: newpassword.Fields{Page: site.Blank(lang, password), Policy: &accountv1.PasswordPolicy{MinLength: 15, MaxLength: 128}}, BackURL: "/sign-up"}},
		{Name: "signed-up", View: Done{Page: site.SignedIn(lang, "/signed-up"), NextURL: "/cabinet/person"}},
		{Name: "signed-up-partner", View: Done{Page: site.SignedIn(lang, "/signed-up"), NextURL: "/cabinet/person", Back: partners.Way{
			Partner: "Городская поликлиника № 7", Host: "clinic.example", URL: "/interactions/7", Living: true,
		}}},
		{Name: "signed-up-partner-again", View: Done{Page: site.SignedIn(lang, "/signed-up"), NextURL: "/cabinet/person", Back: partners.Way{
			Partner: "Городская поликлиника № 7", Host: "clinic.example", URL: "https://clinic.example/login",
		}}},
	}
}

func TestADeadCodeCannotBeEntered(t *testing.T) {
	site := pagetest.New(t, texts, newpassword.Texts, partners.Texts)
	page := site.Blank("en", "/sign-up/1")
	for dead, want := range map[bool]bool{true: false, false: true} {
		text := pagetest.Render(t, EnterCode{Page: page, Dead: dead})
		if got := strings.Contains(text, `name="code"`); got != want {
			t.Errorf("dead %v: code field = %v", dead, got)
		}
		if !strings.Contains(text, `value="resend"`) {
			t.Errorf("dead %v: no way to a new code", dead)
		}
	}
}
