package cabinet

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample { return samples(site, lang) })
}

func samples(site pagetest.Site, lang string) []pagetest.Sample {
	base := Overview{
		Page: site.SignedIn(lang, "/cabinet"), FullName: "Петрова Анна Сергеевна", Level: "SIMPLIFIED", Phone: "+79001234567",
		Email: "anna@example.ru",
	}
	var all []pagetest.Sample
	for _, next := range []string{NextPerson, NextWait, NextCorrect, NextLetter, NextCode} {
		m := base
		m.Next = next
		if next == NextLetter || next == NextCode {
			m.Level = "STANDARD"
		}
		all = append(all, pagetest.Sample{Name: "cabinet-" + next, View: m})
	}
	done := base
	done.Level, done.Method, done.ConfirmTime, done.Next = "CONFIRMED", "LETTER", pagetest.Noon(), NextDone
	done.BirthDate, done.SNILS, done.PassportSeries, done.PassportNumber = "1990-03-08", "00000060001", "4511", "123456"
	done.Feed = []FeedItem{
		{Title: "Учётная запись подтверждена", Text: "Код из письма принят. Вам доступны все услуги.", Time: pagetest.Noon()},
		{Title: "Письмо передано почте", Text: "Номер отслеживания 80085712345678.", Time: pagetest.Noon().Add(-72 * time.Hour)},
	}
	return append(all, pagetest.Sample{Name: "cabinet-done", View: done})
}
