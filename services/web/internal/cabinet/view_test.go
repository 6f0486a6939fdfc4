package cabinet

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/partners"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, Texts, partners.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	all := []pagetest.Sample{
		{Name: "data", View: data(site, lang)},
		{Name: "data-empty", View: Data{Page: site.SignedIn(lang, "/cabinet/data"), State: "UNVERIFIED"}},
		{Name: "notifications", View: feed(site, lang)},
		{Name: "notifications-empty", View: Notifications{Page: site.SignedIn(lang, "/cabinet/notifications")}},
	}
	waits := Overview{
		Page: site.SignedIn(lang, "/cabinet"), FullName: pagetest.LongName + " Анна Сергеевна", Level: "STANDARD",
		Standing: Standing{Key: standingLetter, URL: "/cabinet/letter"}, Saved: "draft",
		Held: []partners.Held{
			{ID: "1", Way: partners.Way{Partner: "Городская поликлиника № 7", Host: "clinic.example", URL: "https://clinic.example/login"}, Required: "STANDARD", Reached: true, ExpireTime: pagetest.Noon()},
			{ID: "2", Way: partners.Way{Partner: "Фонд", URL: "https://fund.example"}, Required: "CONFIRMED", ExpireTime: pagetest.Noon()},
		},
	}
	waits.SignedInName, waits.Persona = pagetest.LongName+" А.", "Петрова Анна Сергеевна"
	all = append(all, pagetest.Sample{Name: "cabinet-held-long-name", View: waits})
	for _, key := range Standings() {
		m := Overview{
			Page: site.SignedIn(lang, "/cabinet"), FullName: "Петрова Анна Сергеевна", Level: "SIMPLIFIED",
			Standing: Standing{Key: key, URL: "/cabinet/person"},
		}
		switch key {
		case standingPending:
			m.Standing.Until = pagetest.Noon()
		case standingWay:
			m.Standing.From, m.Standing.To = "2025-11-24", "2025-12-05"
		case standingHalf:
			m.Saved = "data"
		case standingDone:
			m.Level, m.Method, m.ConfirmTime, m.Standing.URL = "CONFIRMED", "LETTER", pagetest.Noon(), ""
			m.Feed, m.Unread = feed(site, lang).Entries, 2
		}
		if strings.HasPrefix(key, "letter") {
			m.Level = "STANDARD"
		}
		all = append(all, pagetest.Sample{Name: "cabinet-" + key, View: m})
	}
	return all
}

func feed(site pagetest.Site, lang string) Notifications {
	return Notifications{
		Page: site.SignedIn(lang, "/cabinet/notifications"), Newest: "2", Unread: 2, NewestURL: "/cabinet/notifications",
		OlderURL: "/cabinet/notifications?page=x", Entries: []Entry{
			{ID: "2", Title: "Учётная запись подтверждена", Text: "Код из письма принят.", Kind: "IDENTITY", Unread: true, Time: pagetest.Noon()},
			{ID: "1", Title: "Письмо ждёт вас на почте", Text: "Возьмите паспорт.", Kind: "LETTERS", Time: pagetest.Noon().Add(-72 * time.Hour)},
		},
	}
}

func data(site pagetest.Site, lang string) Data {
	return Data{
		Page: site.SignedIn(lang, "/cabinet/data"), State: "VERIFIED", Unread: 1,
		Answers: map[string]string{
			"last_name": "Петрова", "first_name": "Анна", "gender": "F", "birth_date": "1990-03-08", "citizenship": "RUS",
			"snils": "00000060001", "passport_number": "4511123456",
		},
		Phone: "+79001234567", UnprovenPhone: "+79001234567", UnprovenEmail: "anna@example.ru",
		Addresses: []*profilev1.Address{
			{Type: profilev1.AddressType_REGISTRATION, PostalCode: "119019", City: "Москва", House: "10"},
			{Type: profilev1.AddressType_RESIDENCE, PostalCode: "141980", City: "Дубна", House: "1"},
		},
		Letter: &confirmationv1.LetterOrder{
			State: confirmationv1.LetterState_AT_OFFICE, TrackingNumber: "80085712345678", TrackingUrl: "https://www.pochta.ru/tracking",
			Address: "119019, Москва", CreateTime: timestamppb.New(pagetest.Noon()),
		},
	}
}

// What sign-up did not prove is said to be so, unless it was proven since.
func TestUnprovenContactsAreMarked(t *testing.T) {
	text := pagetest.Render(t, data(pagetest.New(t, Texts, partners.Texts), "en"))
	if !strings.Contains(text, "anna@example.ru (not confirmed)") || strings.Contains(text, "567 (") || strings.Count(text, "45-67") != 1 {
		t.Errorf("%s", text)
	}
	for _, want := range []string{"80085712345678", "https://www.pochta.ru/tracking", `href="/cabinet/letter"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter lacks %s", want)
		}
	}
}

// Where no correction helps none is asked for.
func TestTheNextStepIsTheTrueOne(t *testing.T) {
	for _, s := range samples(pagetest.New(t, Texts, partners.Texts), "en") {
		text := pagetest.Render(t, s.View)
		_, card, _ := strings.Cut(text, `class="card next"`)
		switch s.Name {
		case "cabinet-duplicate":
			if strings.Contains(card, "orrect your") || !strings.Contains(card, "with your SNILS") {
				t.Errorf("%s: %s", s.Name, card)
			}
		case "cabinet-deceased":
			if strings.Contains(card, "orrect your") || !strings.Contains(card, "office of the Social Fund") {
				t.Errorf("%s: %s", s.Name, card)
			}
		case "cabinet-letter_delivered":
			if strings.Contains(card, "on its way") || !strings.Contains(card, "Enter the code") {
				t.Errorf("%s: %s", s.Name, card)
			}
		case "cabinet-pending":
			if !strings.Contains(card, "by 21 November 2025") {
				t.Errorf("%s: %s", s.Name, card)
			}
		}
	}
}

// Every value of the contracts has words on the page that shows it.
func TestEveryValueHasWords(t *testing.T) {
	page := pagetest.New(t, Texts, partners.Texts).SignedIn("en", "/x")
	pagetest.CheckValues(t, notificationv1.Kind(0).Descriptor(), func(v string) components.View {
		return Notifications{Page: page, Kind: v, Entries: []Entry{{Kind: v, Time: pagetest.Noon()}}}
	})
	pagetest.CheckValues(t, profilev1.DataState(0).Descriptor(), func(v string) components.View { return Data{Page: page, State: v} })
	pagetest.CheckValues(t, profilev1.AddressType(0).Descriptor(), func(v string) components.View {
		return Data{Page: page, State: "VERIFIED", Addresses: []*profilev1.Address{{Type: profilev1.AddressType(profilev1.AddressType_value[v])}}}
	})
}

func TestEveryKindCanBeChosen(t *testing.T) {
	if got, want := len(kinds()), notificationv1.Kind(0).Descriptor().Values().Len()-1; got != want {
		t.Errorf("%d kinds can be chosen, there are %d", got, want)
	}
}
