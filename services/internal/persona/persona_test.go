package persona_test

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/persona"
)

func TestAPersonaPassesThroughItsCookie(t *testing.T) {
	p := persona.Persona{
		LastName: "Петрова", FirstName: "Анна", Gender: "F", BirthDate: "1990-03-08", Citizenship: "RUS", SNILS: "00000060001",
		Series: "4510", Number: "123456", IssuedBy: "ОВД района Арбат г. Москвы", Region: "Москва", House: "1", Flat: "2",
	}
	value, ok := p.Encode()
	if !ok || strings.ContainsAny(value, " ;,\"\\") {
		t.Fatalf("cookie %q", value)
	}
	if got, ok := persona.Decode(value); !ok || got != p {
		t.Errorf("got %+v", got)
	}
	if p.FullName() != "Петрова Анна" {
		t.Errorf("full name %q", p.FullName())
	}
}

func TestWhatIsNoPersonaIsNobody(t *testing.T) {
	p := persona.Persona{LastName: strings.Repeat("Я", 2000)}
	long, ok := p.Encode()
	if ok {
		t.Error("a cookie of any length")
	}
	for _, value := range []string{"", "%", "e30", "bnVsbA", "W10", long} {
		if got, ok := persona.Decode(value); ok || got != (persona.Persona{}) {
			t.Errorf("%.20q is %+v", value, got)
		}
	}
}
