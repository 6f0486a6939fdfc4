package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/persona"
)

// A test person's data can be copied field by field.
func TestAPersonIsShownFieldByField(t *testing.T) {
	w := start(t, nil)
	page := w.do("GET", "/phone/people/00000060001", "", "Cookie", "lang=en")
	for _, want := range []string{
		"<output>Иванов</output>", "<output>Иван</output>", "<output>31.12.1990</output>", "<output>000-000-600 01</output>",
		"<output>4510 123456</output>", "<output>20.01.2011</output>", "<output>770-001</output>", "<output>Мясницкая</output>",
		`data-copy="Copy" data-what="SNILS"`, "The ordinary case", "Both authorities will confirm",
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("no %s", want)
		}
	}
	if list := w.do("GET", "/phone/people", ""); !strings.Contains(list.body, `href="/phone/people/00000060001"`) {
		t.Error("the list does not lead to the person")
	}
	if a := w.do("GET", "/phone/people/00000060099", ""); a.status != http.StatusNotFound {
		t.Errorf("nobody's SNILS: %d", a.status)
	}
}

// Whoever chooses a person has the hosted forms filled in for them in this browser, by a cookie, until they stop it.
func TestAPersonIsChosenForTheForms(t *testing.T) {
	w := start(t, nil)
	for form, to := range map[string]string{
		"snils=00000060001": "/phone/people/00000060001", "n=7": "/phone/people?n=7",
	} {
		a := w.do("POST", "/phone/people", form, "Content-Type", formType)
		cookie, attributes, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
		value, ok := strings.CutPrefix(cookie, "persona=")
		p, known := persona.Decode(value)
		if a.status != http.StatusSeeOther || a.header.Get("Location") != to || !ok || !known {
			t.Fatalf("%s: %d to %s with %q", form, a.status, a.header.Get("Location"), cookie)
		}
		if p.FullName() != "Иванов Иван" || p.SNILS != "00000060001" || p.Number != "123456" || p.Street != "Мясницкая" {
			t.Errorf("%s: %+v", form, p)
		}
		if !strings.Contains(attributes, "HttpOnly") || !strings.Contains(attributes, "SameSite=Lax") {
			t.Errorf("%s: the cookie is %s", form, attributes)
		}
		page := w.do("GET", to, "", "Cookie", cookie+"; lang=en")
		if !strings.Contains(page.body, "filled in for this person: Иванов Иван") || !strings.Contains(page.body, `href="/sign-up"`) {
			t.Errorf("%s: the page does not say so", to)
		}
	}
	stop := w.do("POST", "/phone/people", "stop=on", "Content-Type", formType)
	if got := stop.header.Get("Set-Cookie"); !strings.HasPrefix(got, "persona=;") || !strings.Contains(got, "Max-Age=0") {
		t.Errorf("stopped with %q", got)
	}
	for _, form := range []string{"snils=1", "n=10", "n=x", ""} {
		if a := w.do("POST", "/phone/people", form, "Content-Type", formType); a.status != http.StatusNotFound || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %d with %q", form, a.status, a.header.Get("Set-Cookie"))
		}
	}
	if a := w.do("POST", "/phone/people", "n=7", "Content-Type", formType, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); a.status != http.StatusForbidden {
		t.Errorf("another site's form: %d", a.status)
	}
}
