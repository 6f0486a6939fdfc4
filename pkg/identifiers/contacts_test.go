package identifiers_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestPhone(t *testing.T) {
	const landline = errorsv1.Reason_PHONE_NOT_MOBILE
	check(t, identifiers.ParsePhone, []reading{
		{"+79001234567", "+79001234567", ok},
		{"8 (900) 123-45-67", "+79001234567", ok},
		{"79001234567", "+79001234567", ok},
		{"900 123 45 67", "+79001234567", ok},
		{"8.900.123.45.67", "+79001234567", ok},
		{"+7 900 123–45–67", "+79001234567", ok},
		{"+375 29 123-45-67", "+375291234567", ok},
		{"+1 415 555 2671", "+14155552671", ok},
		{"8 495 123-45-67", "", landline},
		{"8 800 555-35-35", "", landline},
		{"8 900 123-45-6", "", malformed},
		{"8 900 123-45-67 доб. 8", "", malformed},
		{"+7 900 1234567;ext=8", "", malformed},
		{"8 900 FLOWERS", "", malformed},
		{"٨٩٠٠١٢٣٤٥٦٧", "", malformed},
		{strings.Repeat("9", 500), "", malformed},
		{" ", "", required},
	})
	p := identifiers.Phone("+79001234567")
	if p.Format() != "+7 900 123-45-67" || p.Masked() != "+7 900 ***-**-67" || p.LogValue().String() != p.Masked() || p.Country() != 7 {
		t.Errorf("%s %s %d", p.Format(), p.Masked(), p.Country())
	}
}

func TestPhoneFormatParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := identifiers.ParsePhone(rapid.StringMatching(`(\+7|8|7|)9[0-9]{9}`).Draw(t, "phone"))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := identifiers.ParsePhone(p.Format()); err != nil || back != p {
			t.Fatal(p, back, err)
		}
	})
}

func TestEmail(t *testing.T) {
	check(t, identifiers.ParseEmail, []reading{
		{" Ivan.Petrov@Example.RU ", "Ivan.Petrov@example.ru", ok},
		{"i'v+tag@sub.example.ru", "i'v+tag@sub.example.ru", ok},
		{"ivan@ПОЧТА.рф", "ivan@xn--80a1acny.xn--p1ai", ok},
		{"иван@почта.рф", "", localPart},
		{"анна.п@example.ru", "", localPart},
		{"Анна Петрова anna@example.ru", "", malformed},
		{"Ivan <ivan@example.ru>", "", malformed},
		{"<ivan@example.ru>", "", malformed},
		{"ivan@example.ru (home)", "", malformed},
		{`"i v"@example.ru`, "", malformed},
		{"a@b.ru, c@d.ru", "", malformed},
		{"a@@b.ru", "", malformed},
		{"a..b@c.ru", "", malformed},
		{".a@c.ru", "", malformed},
		{"a@b..ru", "", malformed},
		{"a@b.ru.", "", malformed},
		{"a@-b.ru", "", malformed},
		{"a@b_c.ru", "", malformed},
		{"a@localhost", "", malformed},
		{"a@127.0.0.1", "", malformed},
		{"a@[127.0.0.1]", "", malformed},
		{"a\r\nBcc: x@b.ru", "", malformed},
		{"@b.ru", "", malformed},
		{"b.ru", "", malformed},
		{strings.Repeat("a", 64) + "@b.ru", strings.Repeat("a", 64) + "@b.ru", ok},
		{strings.Repeat("a", 65) + "@b.ru", "", localPart},
		{"a@" + strings.Repeat("b.", 130) + "ru", "", tooLong},
		{"a@" + strings.Repeat("b", 64) + ".ru", "", malformed},
		{"", "", required},
	})
}

func TestEmailForms(t *testing.T) {
	e, err := identifiers.ParseEmail("Ivanov@почта.рф")
	if err != nil || e.Key() != "ivanov@xn--80a1acny.xn--p1ai" || e.Format() != "Ivanov@почта.рф" {
		t.Errorf("%s %s %v", e.Key(), e.Format(), err)
	}
	for in, want := range map[identifiers.Email]string{
		"ivanov@example.ru": "i***v@example.ru", "abc@example.ru": "a***c@example.ru", "ab@example.ru": "a***@example.ru",
		"a@example.ru": "***@example.ru", "ivanov@xn--80a1acny.xn--p1ai": "i***v@почта.рф",
	} {
		if in.Masked() != want || in.LogValue().String() != want {
			t.Errorf("%s: %s, want %s", in, in.Masked(), want)
		}
	}
}

// Whoever reads an address must be able to tell it from the one that it imitates.
func TestMixedAlphabetsAreShownInASCII(t *testing.T) {
	for in, want := range map[string]string{
		"a@почта.рф": "a@почта.рф", "a@bücher.de": "a@bücher.de", "a@example.ru": "a@example.ru", "a@почта-1.рф": "a@почта-1.рф",
		"a@аpple.com":     "a@xn--pple-43d.com",        // one Cyrillic letter
		"a@аррӏе.com":     "a@xn--80ak6aa92e.com",      // all of it Cyrillic
		"a@яндекc.рф":     "a@xn--c-gtbdum1i.xn--p1ai", // one Latin letter
		"a@mail.почта.рф": "a@mail.xn--80a1acny.xn--p1ai",
	} {
		e, err := identifiers.ParseEmail(in)
		if err != nil || e.Format() != want {
			t.Errorf("%s is shown as %s, %v; want %s", in, e.Format(), err, want)
		}
		if masked := e.Masked(); masked[len("***"):] != want[1:] {
			t.Errorf("%s is masked as %s", in, masked)
		}
	}
}

// A login is found in whatever case its ASCII letters are typed, and in national letters or their ASCII form.
func TestEmailLoginsAreFoundInAnyCase(t *testing.T) {
	stored, err := identifiers.ParseEmail("Ivan.Petrov@Почта.рф")
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"ivan.petrov@ПОЧТА.РФ", "IVAN.PETROV@xn--80a1acny.xn--p1ai", "Ivan.Petrov@XN--80A1ACNY.XN--P1AI"} {
		if login, err := identifiers.ParseLogin(typed); err != nil || login.Value != stored.Key() {
			t.Errorf("%s: %q, %v; want %q", typed, login.Value, err, stored.Key())
		}
	}
}

func TestLogin(t *testing.T) {
	for _, x := range []struct {
		in    string
		kind  identifiers.LoginKind
		value string
	}{
		{"8 900 123-45-67", identifiers.LoginPhone, "+79001234567"},
		{"Ivan@Example.ru", identifiers.LoginEmail, "ivan@example.ru"},
		{"112-233-445 95", identifiers.LoginSNILS, "11223344595"},
		{"11223344595", identifiers.LoginSNILS, "11223344595"},
		{"00000060015", identifiers.LoginSNILS, "00000060015"},
		{"79000000034", identifiers.LoginPhone, "+79000000034"},     // also a SNILS
		{"790-000-000 34", identifiers.LoginSNILS, "79000000034"},   // the same digits, grouped
		{"+790-000-000 34", identifiers.LoginPhone, "+79000000034"}, // a plus is no SNILS
	} {
		got, err := identifiers.ParseLogin(x.in)
		if err != nil || got.Kind != x.kind || got.Value != x.value {
			t.Errorf("%q: %v, %v", x.in, got, err)
		}
	}
	for in, why := range map[string]any{
		"": required, "ivan": malformed, "ivan@": malformed, "12345": malformed, "112-233-445 9": malformed,
		"112-233-445 96": wrongSum, "11223344596": wrongSum, "8 495 123-45-67": notMobile,
	} {
		if got, err := identifiers.ParseLogin(in); reason(t, err) != why || got.Value != "" {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}
