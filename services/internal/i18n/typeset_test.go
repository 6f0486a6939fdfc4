package i18n_test

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n"
)

func TestLinesEndNowhereWithin(t *testing.T) {
	for lang, texts := range map[string][]string{
		"ru": {
			"письмо идёт до·2·недель", "21·ноября 2025·г., 12:00 по московскому времени", "Ошибка на·нашей стороне", "клиника №·7",
			"Пропуск·— одна учётная запись", "ежедневно с·8:00 до·20:00", "и·не·нужно", "(с·паспортом)", "«В·пути»", "В·личный кабинет",
			"не подтверждённая", "Шаг 2 из·3", "два  пробела", "", "с ",
		},
		"en": {"in 2·minutes", "21·November 2025, 12:00·Moscow time", "clinic №·7", "a line in English", "1 of 3", "+7 900 ***-|**-67"},
	} {
		words := i18n.For(lang)
		for _, want := range texts {
			want = strings.NewReplacer("·", "\u00a0", "|", "\u2060").Replace(want)
			if got := words.Typeset(strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(want)); got != want {
				t.Errorf("%s: %q, want %q", lang, got, want)
			}
		}
	}
}
