package view_test

import (
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// sample is one page with data as a handler would give it; wrong are form fields that must be linked.
type sample struct {
	name string
	view view.View
}

func noon() time.Time { return time.Date(2025, time.November, 21, 9, 0, 0, 0, time.UTC) }

func blank(lang, path string) view.Page {
	return view.Page{
		Lang: lang, Sandbox: true, CSRF: "csrf-value", Path: path,
		IdempotencyKey: "0b9f1d0e-6a52-4f0a-8a52-0c8f2f9f1d11", RequestID: "req-7f3a21c0",
	}
}

func signedIn(lang, path string) view.Page {
	p := blank(lang, path)
	p.SignedInName = "Анна П."
	return p
}

func forPartner(p view.Page) view.Page {
	p.Partner = "Городская поликлиника № 7"
	return p
}

func failing(p view.Page, errors ...view.FieldError) view.Page {
	p.Errors = errors
	return p
}

func wrong(field string, reason errorsv1.Reason) view.FieldError {
	return view.FieldError{Field: field, Reason: reason}
}

// samples are all pages in their states.
func samples(lang string) []sample {
	var all []sample
	for _, some := range [][]sample{
		signUpSamples(lang), signInSamples(lang), cabinetSamples(lang), personSamples(lang),
		verificationSamples(lang), letterSamples(lang), partnerSamples(lang), otherSamples(lang),
	} {
		all = append(all, some...)
	}
	return all
}

func signUpSamples(lang string) []sample {
	bad := failing(blank(lang, "/sign-up"),
		wrong("person.first_name", errorsv1.Reason_FIELD_REQUIRED), wrong("phone", errorsv1.Reason_PHONE_NOT_MOBILE),
		wrong("email", errorsv1.Reason_FIELD_MALFORMED))
	code := "/sign-up/5f0c/code"
	attempts := view.FieldError{Field: "code", Reason: errorsv1.Reason_CODE_WRONG, Params: map[string]string{"attempts": "3"}}
	weak := failing(blank(lang, "/sign-up/5f0c/password"),
		view.FieldError{Field: "password", Reason: errorsv1.Reason_PASSWORD_TOO_SHORT, Params: map[string]string{"Min": "8"}},
		wrong("password", errorsv1.Reason_PASSWORD_NEEDS_UPPER), wrong("password_repeat", errorsv1.Reason_MISMATCH))
	return []sample{
		{"home", view.Home{Page: blank(lang, "/")}},
		{"home-signed-in", view.Home{Page: signedIn(lang, "/")}},
		{"sign-up", view.SignUp{Page: blank(lang, "/sign-up")}},
		{"sign-up-wrong", view.SignUp{Page: bad, LastName: "Петрова", Phone: "495 123", Email: "anna@"}},
		{"sign-up-no-phone", view.SignUp{Page: blank(lang, "/sign-up"), NoPhone: true, Email: "anna@example.ru"}},
		{"code", view.EnterCode{Page: blank(lang, code), Destination: "+7 900 ***-**-67", ExpireTime: noon(), ResendSeconds: 43}},
		{"code-wrong", view.EnterCode{Page: failing(blank(lang, code), attempts), Destination: "+7 900 ***-**-67", ExpireTime: noon()}},
		{"code-dead", view.EnterCode{Page: failing(blank(lang, code), wrong("", errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)), Destination: "+7 900 ***-**-67", Dead: true}},
		{"link-sent", view.LinkSent{Page: blank(lang, code), Destination: "a***@example.ru", ExpireTime: noon(), ResendSeconds: 60}},
		{"link", view.LinkLanding{Page: blank(lang, "/sign-up/5f0c/link"), Token: "t0ken"}},
		{"link-dead", view.LinkLanding{Page: failing(blank(lang, "/sign-up/5f0c/link"), wrong("", errorsv1.Reason_LINK_INVALID)), Dead: true}},
		{"password", view.SetPassword{Page: blank(lang, "/sign-up/5f0c/password"), Username: "+79001234567", CompletionToken: "c", Context: []string{"Анна", "Петрова"}}},
		{"password-wrong", view.SetPassword{Page: weak, Username: "+79001234567", CompletionToken: "c"}},
		{"password-generated", view.SetPassword{Page: blank(lang, "/sign-up/5f0c/password"), CompletionToken: "c", Generated: "Kd7-mWq2.xPz9"}},
		{"password-length-only", view.SetPassword{Page: blank(lang, "/sign-up/5f0c/password"), MinLength: 15, NoComposition: true}},
	}
}

func signInSamples(lang string) []sample {
	throttled := view.FieldError{Reason: errorsv1.Reason_SIGN_IN_THROTTLED, Params: map[string]string{"Seconds": "95"}}
	return []sample{
		{"sign-in", view.SignIn{Page: blank(lang, "/sign-in")}},
		{"sign-in-failed", view.SignIn{Page: failing(blank(lang, "/sign-in"), wrong("", errorsv1.Reason_SIGN_IN_FAILED)), Login: "+79001234567"}},
		{"sign-in-throttled", view.SignIn{Page: failing(blank(lang, "/sign-in"), throttled), Login: "+79001234567"}},
		{"sign-in-partner", view.SignIn{Page: forPartner(blank(lang, "/interactions/7")), SignUpURL: "/sign-up?interaction=7"}},
		{"reauthenticate", view.Reauthenticate{Page: signedIn(lang, "/reauthenticate"), Username: "+7 900 ***-**-67", Next: "/cabinet/letter"}},
		{"reauthenticate-partner", view.Reauthenticate{Page: forPartner(signedIn(lang, "/interactions/7")), Next: "/interactions/7"}},
		{"sign-out", view.SignOut{Page: signedIn(lang, "/sign-out")}},
		{"signed-out", view.SignedOut{Page: blank(lang, "/signed-out")}},
		{"signed-out-partner", view.SignedOut{Page: forPartner(blank(lang, "/signed-out")), ContinueURL: "https://partner.example/"}},
	}
}

func cabinetSamples(lang string) []sample {
	base := view.Cabinet{
		Page: signedIn(lang, "/cabinet"), FullName: "Петрова Анна Сергеевна", Level: "SIMPLIFIED", Phone: "+79001234567",
		Email: "anna@example.ru",
	}
	var all []sample
	for _, next := range []string{view.NextPerson, view.NextWait, view.NextCorrect, view.NextLetter, view.NextCode} {
		m := base
		m.Next = next
		if next == view.NextLetter || next == view.NextCode {
			m.Level = "STANDARD"
		}
		all = append(all, sample{"cabinet-" + next, m})
	}
	done := base
	done.Level, done.Method, done.ConfirmTime, done.Next = "CONFIRMED", "LETTER", noon(), view.NextDone
	done.BirthDate, done.SNILS, done.PassportSeries, done.PassportNumber = "1990-03-08", "00000060001", "4511", "123456"
	done.Feed = []view.FeedItem{
		{Title: "Учётная запись подтверждена", Text: "Код из письма принят. Вам доступны все услуги.", Time: noon()},
		{Title: "Письмо передано почте", Text: "Номер отслеживания 80085712345678.", Time: noon().Add(-72 * time.Hour)},
	}
	return append(all, sample{"cabinet-done", done})
}

func personSamples(lang string) []sample {
	full := view.Person{
		Page: signedIn(lang, "/cabinet/person"), State: "UNVERIFIED", ETag: "1", PassportETag: "2",
		LastName: "Петрова", FirstName: "Анна", MiddleName: "Сергеевна", Gender: "F", BirthDate: "1990-03-08",
		BirthPlace: "г. Тула", SNILS: "00000060001", Series: "4511", Number: "123456", IssueDate: "2010-04-02",
		IssuedBy: "ОВД района Арбат г. Москвы", IssueCode: "770-001",
	}
	empty := view.Person{Page: full.Page, State: "UNVERIFIED", LastName: "Петрова", FirstName: "Анна"}
	bad, pending, verified := full, full, full
	bad.Page = failing(full.Page,
		wrong("person.snils", errorsv1.Reason_FIELD_CHECKSUM), wrong("gender", errorsv1.Reason_FIELD_REQUIRED),
		wrong("document.issue_date", errorsv1.Reason_PASSPORT_REPLACE_AT_20), wrong("birth_date", errorsv1.Reason_DATE_IN_FUTURE),
		wrong("citizenship", errorsv1.Reason_FIELD_UNKNOWN_VALUE), wrong("series", errorsv1.Reason_FIELD_MALFORMED))
	bad.Gender = ""
	pending.State, pending.VerificationURL = "PENDING", "/cabinet/verification/1"
	verified.State = "VERIFIED"
	return []sample{
		{"person", empty}, {"person-wrong", bad}, {"person-pending", pending}, {"person-verified", verified},
	}
}

func verificationSamples(lang string) []sample {
	page := signedIn(lang, "/cabinet/verification/1")
	of := func(state string, pfr, fms view.Check) view.Verification {
		pfr.Registry, fms.Registry = "PFR", "FMS"
		return view.Verification{Page: page, State: state, Checks: []view.Check{pfr, fms}}
	}
	slow := of("PENDING", view.Check{State: "MATCHED"}, view.Check{State: "UNAVAILABLE"})
	slow.Slow = true
	return []sample{
		{"verification-pending", of("PENDING", view.Check{State: "PENDING"}, view.Check{State: "PENDING"})},
		{"verification-slow", slow},
		{"verification-matched", of("MATCHED", view.Check{State: "MATCHED"}, view.Check{State: "MATCHED"})},
		{"verification-expired", of("EXPIRED", view.Check{State: "MATCHED"}, view.Check{State: "EXPIRED"})},
		{"verification-mismatch", of("NOT_MATCHED",
			view.Check{State: "NOT_MATCHED", Reasons: []string{"NAME", "BIRTH_DATE", "GENDER", "SNILS_NOT_FOUND"}},
			view.Check{State: "NOT_MATCHED", Reasons: []string{"NAME", "PASSPORT_NOT_FOUND", "PASSPORT_INVALID", "PASSPORT_ISSUE"}})},
		{"verification-deceased", of("NOT_MATCHED", view.Check{State: "NOT_MATCHED", Reasons: []string{"DECEASED"}}, view.Check{State: "MATCHED"})},
		{"verification-duplicate", of("NOT_MATCHED", view.Check{State: "NOT_MATCHED", Reasons: []string{"DUPLICATE_PERSON"}}, view.Check{State: "MATCHED"})},
	}
}

func letterSamples(lang string) []sample {
	order := view.LetterOrder{
		Page: signedIn(lang, "/cabinet/letter"), Recipient: "Петрова Анна Сергеевна", PostalCode: "119019",
		Region: "Москва", City: "Москва", Street: "улица Арбат", House: "10", Flat: "5",
	}
	bad := order
	bad.PostalCode, bad.City = "11", ""
	bad.Page = failing(order.Page, wrong("address.postal_code", errorsv1.Reason_FIELD_MALFORMED), wrong("city", errorsv1.Reason_FIELD_REQUIRED),
		wrong("type", errorsv1.Reason_FIELD_UNKNOWN_VALUE), view.FieldError{Reason: errorsv1.Reason_LETTER_ALREADY_ORDERED, Params: map[string]string{"Seconds": "80000"}})
	all := []sample{{"letter-order", order}, {"letter-order-wrong", bad}}
	for _, state := range []string{"CREATED", "IN_TRANSIT", "DELIVERED", "RETURNED"} {
		m := view.LetterStatus{
			Page: order.Page, State: state, Address: "119019, Москва, улица Арбат, д. 10, кв. 5", CreateTime: noon(),
			CodeExpireTime: noon().Add(30 * 24 * time.Hour), CanReorder: state == "RETURNED", ReorderTime: noon().Add(24 * time.Hour),
		}
		if state != "CREATED" {
			m.TrackingNumber, m.TrackingURL = "80085712345678", "https://www.pochta.ru/tracking#80085712345678"
		}
		all = append(all, sample{"letter-" + state, m})
	}
	codePage := signedIn(lang, "/cabinet/letter/code")
	attempts := view.FieldError{Field: "code", Reason: errorsv1.Reason_CONFIRMATION_CODE_WRONG, Params: map[string]string{"Attempts": "1"}}
	exhausted := view.FieldError{Reason: errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED, Params: map[string]string{"Seconds": "600"}}
	return append(all,
		sample{"letter-code", view.LetterCode{Page: codePage}},
		sample{"letter-code-wrong", view.LetterCode{Page: failing(codePage, attempts), Code: "l 7xk2 m9qr tz"}},
		sample{"letter-code-dead", view.LetterCode{Page: failing(codePage, exhausted), Dead: true}},
		sample{"confirmed", view.Confirmed{Page: signedIn(lang, "/cabinet/confirmed"), FullName: "Петрова Анна Сергеевна", Method: "LETTER", Time: noon()}})
}

func partnerSamples(lang string) []sample {
	page := forPartner(signedIn(lang, "/interactions/7"))
	return []sample{
		{"consent", view.Consent{Page: page, Account: "Петрова Анна Сергеевна", Level: "CONFIRMED", Items: []view.ConsentItem{
			{Scope: "openid"},
			{Scope: "profile", Purpose: "Чтобы завести карту пациента."},
			{Scope: "snils", Purpose: "Чтобы передать сведения в фонд.", Granted: true},
			{Scope: "email"},
			{Scope: "phone"},
			{Scope: "address"},
			{Scope: "id_doc"},
			{Scope: "offline_access"},
		}}},
		{"level-too-low", view.LevelTooLow{Page: page, Required: "CONFIRMED", Current: "SIMPLIFIED"}},
	}
}

func otherSamples(lang string) []sample {
	plain := blank(lang, "/nowhere")
	plain.Sandbox = false
	return []sample{
		{"help-locked", view.HelpLocked{Page: blank(lang, "/help/locked")}},
		{"error", view.Error{Page: plain, Reason: errorsv1.Reason_UNAVAILABLE, Params: map[string]string{"Seconds": "30"}}},
		{"not-found", view.NotFound{Page: plain}},
		{"onward", view.Onward{Page: plain, URL: "/interactions/7"}},
	}
}
