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
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	order := Order{
		Page: site.SignedIn(lang, "/cabinet/letter"), Recipient: "Петрова Анна Сергеевна", PostalCode: "119019",
		Region: "Москва", City: "Москва", Street: "улица Арбат", House: "10", Flat: "5",
	}
	bad := order
	bad.PostalCode, bad.City = "11", ""
	bad.Page = pagetest.Failing(order.Page, pagetest.Wrong("address.postal_code", errorsv1.Reason_FIELD_MALFORMED), pagetest.Wrong("city", errorsv1.Reason_FIELD_REQUIRED),
		pagetest.Wrong("type", errorsv1.Reason_FIELD_UNKNOWN_VALUE), components.FieldError{Reason: errorsv1.Reason_LETTER_ALREADY_ORDERED, Params: map[string]string{"Seconds": "80000"}})
	all := []pagetest.Sample{{Name: "letter-order", View: order}, {Name: "letter-order-wrong", View: bad}}
	for _, state := range []string{"CREATED", "IN_TRANSIT", "DELIVERED", "RETURNED"} {
		m := Status{
			Page: order.Page, State: state, Address: "119019, Москва, улица Арбат, д. 10, кв. 5", CreateTime: pagetest.Noon(),
			CodeExpireTime: pagetest.Noon().Add(30 * 24 * time.Hour), CanReorder: state == "RETURNED", ReorderTime: pagetest.Noon().Add(24 * time.Hour),
		}
		if state != "CREATED" {
			m.TrackingNumber, m.TrackingURL = "80085712345678", "https://www.pochta.ru/tracking#80085712345678"
		}
		all = append(all, pagetest.Sample{Name: "letter-" + state, View: m})
	}
	codePage := site.SignedIn(lang, "/cabinet/letter/code")
	attempts := components.FieldError{Field: "code", Reason: errorsv1.Reason_CONFIRMATION_CODE_WRONG, Params: map[string]string{"Attempts": "1"}}
	exhausted := components.FieldError{Reason: errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED, Params: map[string]string{"Seconds": "600"}}
	return append(all,
		pagetest.Sample{Name: "letter-code", View: EnterCode{Page: codePage}},
		pagetest.Sample{Name: "letter-code-wrong", View: EnterCode{Page: pagetest.Failing(codePage, attempts), Code: "l 7xk2 m9qr tz"}},
		pagetest.Sample{Name: "letter-code-dead", View: EnterCode{Page: pagetest.Failing(codePage, exhausted), Dead: true}},
		pagetest.Sample{Name: "confirmed", View: Confirmed{Page: site.SignedIn(lang, "/cabinet/confirmed"), FullName: "Петрова Анна Сергеевна", Method: "LETTER", Time: pagetest.Noon()}})
}

func TestWhatCannotBeReadIsToldHowToWrite(t *testing.T) {
	site := pagetest.New(t, texts)
	for field, want := range map[string]string{
		"postal_code": "A postal code has 6 digits.", "type": "Check how the value is written.",
		"street": "Use Russian or Latin letters, digits and the usual punctuation.",
	} {
		page := pagetest.Failing(site.SignedIn("en", "/cabinet/letter"), pagetest.Wrong(field, errorsv1.Reason_FIELD_MALFORMED))
		if text := pagetest.Render(t, Order{Page: page}); strings.Count(text, want) != 2 {
			t.Errorf("%s: %q is not in the summary and at the field", field, want)
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
		return Order{Page: page, Type: v}
	})
	pagetest.CheckValues(t, confirmationv1.LetterState(0).Descriptor(), func(v string) components.View {
		return Status{Page: page, State: v}
	})
}
