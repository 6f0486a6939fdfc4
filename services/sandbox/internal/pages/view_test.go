package pages

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// TestEveryPage shows every page in its states, in both languages. With PROPUSK_PAGES_DIR set it also writes them there, to be
// looked at in a browser.
func TestEveryPage(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"ru", "en"} {
		for name, view := range samples(t, p, lang) {
			var out strings.Builder
			if err := view.View().Render(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if strings.Count(text, "<h1") != 1 || !strings.Contains(text, `<html lang="`+lang+`"`) || strings.Contains(text, ` style="`) {
				t.Errorf("%s.%s is not a page as all are: %s", name, lang, text)
			}
			if dir := os.Getenv("PROPUSK_PAGES_DIR"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "sandbox-"+name+"."+lang+".html"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func samples(t *testing.T, p *Pages, lang string) map[string]View {
	t.Helper()
	at := func(path string) Page {
		r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
		r.Header.Set("Accept-Language", lang)
		return p.For(r)
	}
	when := time.Date(2025, time.November, 21, 9, 0, 0, 0, time.UTC)
	anna := somebody()
	claims := []Claim{{"sub", "8f4f0c1e-2f5b-4b6c-9f0e-3c1d2a4b5c6d"}, {"given_name", "Анна"}, {"address", "101000, Москва, ул. Мясницкая, д. 1, кв. 2"}}
	return map[string]View{
		"phone":         Phone{Page: at("/phone"), Messages: received(when), Recipients: []string{"+79001234567"}, Options: domain.Options{Delay: true}},
		"phone-empty":   Phone{Page: at("/phone")},
		"phone-nobody":  Phone{Page: at("/phone?to=x"), To: "+79001234567", Recipients: []string{"+79001234567"}},
		"people":        People{Page: at("/phone/people"), Personas: []*registryv1.Persona{anna, anna}, Number: 17, Person: anna},
		"people-chosen": People{Page: at("/phone/people"), Personas: []*registryv1.Persona{anna}, Number: 17, Chosen: fullName(anna)},
		"people-away":   People{Page: at("/phone/people"), Number: 17, Error: "people_down"},
		"person":        Person{Page: at("/phone/people/00000060001"), Persona: anna},
		"track": Track{Page: at("/post/80085712345678"), Number: "80085712345678", Moves: []domain.Move{
			{State: confirmationv1.LetterState_HANDED_OVER, Time: when}, {State: confirmationv1.LetterState_IN_TRANSIT, Time: when.Add(time.Hour)},
		}},
		"track-unknown":  Track{Page: at("/post/1"), Number: "1"},
		"missing":        Problem{Page: at("/phone/x"), Title: "missing_title", Text: "missing_text"},
		"demo":           Demo{Page: at("/demo"), Levels: []string{"simplified", "standard", "confirmed"}, Scopes: []string{"profile", "email", "phone", "address", "snils", "id_doc"}},
		"demo-out":       Demo{Page: at("/demo"), SignedOut: true},
		"demo-result":    DemoResult{Page: at("/demo"), Level: "confirmed", IDToken: claims[:1], Userinfo: claims, RawIDToken: strings.Repeat("eyJhbGciOi", 40)},
		"demo-cancelled": DemoRefused{Page: at("/demo"), Code: "access_denied", Description: cancelled},
		"demo-refused":   DemoRefused{Page: at("/demo"), Code: "unmet_authentication_requirements"},
	}
}

func somebody() *registryv1.Persona {
	return &registryv1.Persona{
		LastName: "Петрова", FirstName: "Анна", MiddleName: "Сергеевна", Gender: "F", BirthDate: "1990-03-08", BirthPlace: "г. Тула",
		Citizenship: "RUS", Snils: "00000060001", Fate: "duplicate", TitleRu: "Уже есть другая учётная запись", TitleEn: "Has another account already",
		Passport: &registryv1.Passport{Series: "9902", Number: "600017", IssueDate: "2010-04-02", IssuedBy: "ОВД района Арбат г. Москвы", IssueCode: "770-001"},
		Address:  &registryv1.Address{PostalCode: "119019", Region: "Москва", City: "Москва", Street: "улица Арбат", House: "10", Flat: "5"},
	}
}

func received(when time.Time) []Message {
	return []Message{
		{ID: 3, Channel: "LETTER", Kind: "letter", To: "119019, Москва, улица Арбат, д. 10, кв. 5", AttachmentURL: "/phone/letters/3", AttachmentName: "letter.pdf", Time: when},
		{
			ID: 2, Channel: "EMAIL", Kind: "email", To: "anna@example.ru", Subject: "Подтвердите почту", HTMLURL: "/phone/messages/2", Time: when,
			Parts: []string{"Чтобы продолжить регистрацию, откройте ссылку:\n", "http://localhost:8080/sign-up/link?token=" + strings.Repeat("a1B2", 12)},
		},
		{ID: 1, Channel: "SMS", Kind: "sms", To: "+79001234567", Code: "386684", Parts: []string{"386684 — код Пропуска для регистрации\n\n@localhost #386684"}, Time: when},
	}
}
