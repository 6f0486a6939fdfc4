package pages

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
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
		"track-unknown": Track{Page: at("/post/1"), Number: "1"},
		"clients":       Clients{Page: at("/phone/clients"), List: []*oidcv1.Client{aClient()}, Next: "/phone/clients?page=x", Form: ClientForm{Kind: "server"}},
		"clients-wrong": Clients{Page: at("/phone/clients"), Form: ClientForm{Kind: "page", RedirectURIs: "cb"}, Errors: []string{"redirect_uris[0]. Введите адрес."}},
		"client":        Client{Page: at("/phone/clients/app-7Q2XK9"), Client: aClient(), Issuer: "http://localhost:8080", Requests: itsRequests(when), Kinds: itsKinds()},
		"client-new": Client{
			Page: at("/phone/clients/app-7Q2XK9"), Client: aClient(), Issuer: "http://localhost:8080", Secret: strings.Repeat("s3cr3t", 7), HasKey: true,
			Kinds: itsKinds(), Misbehaviour: &oidcv1.Misbehaviour{Kinds: []string{"WRONG_ISS"}, ExpireTime: timestamppb.New(when)},
		},
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

func aClient() *oidcv1.Client {
	return &oidcv1.Client{
		ClientId: "app-7Q2XK9", Names: map[string]string{"ru": "Проба", "en": "Trial"}, Type: oidcv1.Client_CONFIDENTIAL,
		AuthMethod: "client_secret_post", Pkce: oidcv1.Client_OPTIONAL, RedirectUris: []string{"http://127.0.0.1:3000/callback"},
		IdTokenAlg: "RS256", Scopes: []string{"openid", "profile"},
	}
}

func itsRequests(when time.Time) []*oidcv1.ClientRequest {
	return []*oidcv1.ClientRequest{
		{
			Endpoint: "token", Method: "POST", Status: 401, AuthMethod: "client_secret_basic", Error: "invalid_client", CallTime: timestamppb.New(when),
			Parameters: []*oidcv1.RequestParameter{{Name: "code", Hidden: 43}, {Name: "grant_type", Value: "authorization_code"}},
			Advice: &oidcv1.Advice{
				Code: "client_secret_wrong", Reason: map[string]string{"ru": "Секрет клиента неверный.", "en": "The client's secret is wrong."},
				Expected: map[string]string{"ru": "Действующий секрет.", "en": "A secret that is valid."},
				Fix:      map[string]string{"ru": "Проверьте секрет.", "en": "Check the secret."},
			},
		},
		{Endpoint: "authorize", Method: "GET", Status: 303, ToPages: true, CallTime: timestamppb.New(when)},
	}
}

func itsKinds() []*oidcv1.MisbehaviourKind {
	return []*oidcv1.MisbehaviourKind{
		{Kind: "WRONG_ISS", Does: map[string]string{"ru": "ID-токен от другого издателя (iss).", "en": "The ID token is of another issuer (iss)."}, Right: map[string]string{"ru": "Клиент отклоняет ID-токен.", "en": "The client refuses the ID token."}},
		{Kind: "EXPIRED", Does: map[string]string{"ru": "ID-токен истёк час назад.", "en": "The ID token expired an hour ago."}, Right: map[string]string{"ru": "Клиент отклоняет ID-токен.", "en": "The client refuses the ID token."}},
	}
}
