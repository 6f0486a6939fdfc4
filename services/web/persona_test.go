package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/persona"
)

func anna(t *testing.T) string {
	t.Helper()
	value, ok := persona.Persona{
		LastName: "Петрова", FirstName: `<b>"Анна`, MiddleName: "Сергеевна", Gender: "F", BirthDate: "1990-03-08", SNILS: "00000060001",
	}.Encode()
	if !ok {
		t.Fatal("too long")
	}
	return value
}

// A test person that was chosen in the sandbox fills what is empty, and every page says who it is.
func TestAPersonaFillsEmptyFields(t *testing.T) {
	s := start(t)
	c := s.browser()
	s.cookie(c, "persona", anna(t))
	page := s.get(c, "/sign-up")
	for _, want := range []string{`value="Петрова"`, `value="&lt;b&gt;&#34;Анна"`, `value="Сергеевна"`, "Формы заполняются за:", `href="/phone/people"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the sign-up has no %s", want)
		}
	}
}

// What is no persona fills nothing, and neither does any where people are real.
func TestNoPersonaWherePeopleAreReal(t *testing.T) {
	for name, c := range map[string]struct {
		vars  map[string]string
		value string
	}{
		"broken":     {nil, "e30"},
		"production": {map[string]string{"PROPUSK_ENV": "production"}, anna(t)},
	} {
		s := startWith(t, c.vars)
		b := s.browser()
		s.cookie(b, "persona", c.value)
		if page := s.get(b, "/sign-up"); page.StatusCode != http.StatusOK || strings.Contains(page.body, "Петрова") {
			t.Errorf("%s: %d %s", name, page.StatusCode, page.body)
		}
	}
}
