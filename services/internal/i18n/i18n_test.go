package i18n_test

import (
	"strings"
	"testing"
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
)

func TestForChoosesTheFirstWishThatCanBeMet(t *testing.T) {
	for _, c := range []struct {
		wishes []string
		want   string
	}{
		{nil, "ru"},
		{[]string{""}, "ru"},
		{[]string{"en"}, "en"},
		{[]string{"en-GB,en;q=0.9,ru;q=0.1"}, "en"},
		{[]string{"de,ru;q=0.5,en;q=0.4"}, "ru"},
		{[]string{"", "en", "ru"}, "en"},
		{[]string{"de", "en"}, "en"},
		{[]string{"zz;;q=?", "en"}, "en"},
		{[]string{"ru-RU"}, "ru"},
		{[]string{"de, fr;q=0.5"}, "en"},
		{[]string{"", "zh-CN,zh;q=0.9"}, "en"},
		{[]string{"kk-KZ,kk;q=0.9"}, "ru"},
		{[]string{"be"}, "ru"},
		{[]string{"uk-UA,uk;q=0.9,en;q=0.8"}, "en"},
		{[]string{"uk-UA,uk;q=0.9"}, "ru"},
		{[]string{"*"}, "ru"},
	} {
		if got := i18n.For(c.wishes...).Lang(); got != c.want {
			t.Errorf("For(%q) = %q, want %q", c.wishes, got, c.want)
		}
	}
}

func TestReasonUsesTheParametersThatCame(t *testing.T) {
	wrong, early, low := errorsv1.Reason_CODE_WRONG, errorsv1.Reason_CODE_RESEND_TOO_EARLY, errorsv1.Reason_LEVEL_TOO_LOW
	for _, c := range []struct {
		lang   string
		reason errorsv1.Reason
		params map[string]string
		want   string
	}{
		{"ru", wrong, nil, "введите код ещё раз"},
		{"ru", wrong, map[string]string{"attempts": "1"}, "Осталась 1 попытка."},
		{"ru", wrong, map[string]string{"Attempts": "3"}, "Осталось 3 попытки."},
		{"ru", wrong, map[string]string{"Attempts": "11"}, "Осталось 11 попыток."},
		{"en", wrong, map[string]string{"Attempts": "1"}, "1 attempt is left."},
		{"en", wrong, map[string]string{"Attempts": "2"}, "2 attempts are left."},
		{"ru", wrong, map[string]string{"Other": "2"}, "введите код ещё раз"},
		{"ru", early, map[string]string{"Seconds": "41"}, "через 41 секунду"},
		{"en", early, map[string]string{"Seconds": "90"}, "in 2 minutes"},
		{"ru", early, map[string]string{"Seconds": "0"}, "чуть позже"},
		{"ru", early, map[string]string{"Seconds": "soon"}, "чуть позже"},
		{"ru", low, map[string]string{"level": "STANDARD"}, "нужна стандартная учётная запись"},
		{"en", low, map[string]string{"level": "CONFIRMED"}, "a confirmed account"},
		{"en", errorsv1.Reason(99999), nil, "The request was refused."},
	} {
		if _, detail := i18n.For(c.lang).Reason(c.reason, c.params); !strings.Contains(detail, c.want) {
			t.Errorf("%s %s %v = %q, want %q in it", c.lang, c.reason, c.params, detail, c.want)
		}
	}
}

func TestDatesAreInWordsAndInMoscow(t *testing.T) {
	late := time.Date(2025, time.December, 31, 21, 5, 0, 0, time.UTC) // already the first of January in Moscow
	ru, en := i18n.For("ru"), i18n.For("en")
	for got, want := range map[string]string{
		ru.Date(late):         "1 января 2026 г.",
		en.Date(late):         "1 January 2026",
		ru.Moment(late):       "1 января 2026 г., 00:05 по московскому времени",
		en.Moment(late):       "1 January 2026, 00:05 Moscow time",
		ru.Clock(late):        "00:05",
		ru.Day("1990-05-09"):  "9 мая 1990 г.",
		en.Day("1990-05-09"):  "9 May 1990",
		en.Day("not a date"):  "not a date",
		ru.Day("1990-02-30"):  "1990-02-30",
		en.Date(late.Add(-1)): "1 January 2026",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWaitIsRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second:             "1 секунду",
		1500 * time.Millisecond: "2 секунды",
		59 * time.Second:        "59 секунд",
		60 * time.Second:        "1 минуту",
		61 * time.Second:        "2 минуты",
		119 * time.Minute:       "119 минут",
		2 * time.Hour:           "2 часа",
		25*time.Hour + 1:        "26 часов",
		48 * time.Hour:          "2 дня",
		21 * 24 * time.Hour:     "21 день",
		30*24*time.Hour - 1:     "30 дней",
	} {
		if got := i18n.For("ru").Wait(d); got != want {
			t.Errorf("Wait(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestNumbersAreShownAsPeopleWriteThem(t *testing.T) {
	for got, want := range map[string]string{
		i18n.Phone("+79001234567"):      "+7\u00a0900\u00a0123-45-67",
		i18n.Phone("+375291234567"):     "+375291234567",
		i18n.Phone(""):                  "",
		i18n.SNILS("11223344595"):       "112-233-445 95",
		i18n.SNILS("112-233-445 95"):    "112-233-445 95",
		i18n.SNILS("1122334459x"):       "1122334459x",
		i18n.Passport("4511", "123456"): "45 11 123456",
		i18n.Passport("", "123456"):     "123456",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDatesAreReadAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"31.12.1990": "1990-12-31", " 8.3.1990 ": "1990-03-08", "08/03/1990": "1990-03-08", "8 3 1990": "1990-03-08",
		"08-03-1990": "1990-03-08", "08031990": "1990-03-08", "1990-03-08": "1990-03-08",
		"31.02.1990": "1990-02-31", "8 марта 1990": "8 марта 1990", "": "", "080390": "080390", "8.3.90": "8.3.90", "восемь!!": "восемь!!",
	} {
		if got := i18n.ParseDate(typed); got != want {
			t.Errorf("ParseDate(%q) = %q, want %q", typed, got, want)
		}
	}
	if got := i18n.TypedDate("1990-03-08"); got != "08.03.1990" {
		t.Errorf("TypedDate = %q", got)
	}
	if got := i18n.TypedDate("31.02.1990"); got != "31.02.1990" {
		t.Errorf("TypedDate of what is no date = %q", got)
	}
}

func TestAnUnknownKeyIsSeen(t *testing.T) {
	if got := i18n.For("en").T("no.such"); got != "⟦no.such⟧" {
		t.Errorf("T = %q", got)
	}
}

// A field says what is to be entered in it, and how; where it has no words of its own, the reason speaks.
func TestFieldsSayWhatIsWrongWithThem(t *testing.T) {
	for _, c := range []struct {
		lang, field string
		reason      errorsv1.Reason
		params      map[string]string
		want        string
	}{
		{"en", "person.birth_date", errorsv1.Reason_FIELD_REQUIRED, nil, "Enter your date of birth."},
		{"ru", "birth_date", errorsv1.Reason_FIELD_REQUIRED, nil, "Введите дату рождения."},
		{"ru", "address.postal_code", errorsv1.Reason_NUMBER_ALL_ZEROS, nil, "Индекса 000000 не бывает."},
		{"ru", "last_name", errorsv1.Reason_NAME_MIXED_ALPHABETS, nil, "В фамилии смешаны русские и латинские буквы. Пишите её буквами одного алфавита."},
		{"ru", "email", errorsv1.Reason_EMAIL_LOCAL_PART, nil, "До знака @ нужны латинские буквы, например anna@почта.рф."},
		{"ru", "email", errorsv1.Reason_EMAIL_LOCAL_PART, map[string]string{"max": "64"}, "До знака @ не больше 64 знаков."},
		{"ru", "house", errorsv1.Reason_FIELD_TOO_LONG, map[string]string{"max": "50"}, "Не больше 50 знаков."},
		{"en", "flat", errorsv1.Reason_FIELD_TOO_LONG, map[string]string{"max": "20"}, "At most 20 characters."},
		{"ru", "code", errorsv1.Reason_CONFIRMATION_CODE_MALFORMED, nil, "Введите код полностью: L и ещё 10 знаков."},
		{"ru", "password_repeat", errorsv1.Reason_MISMATCH, nil, "Пароли не совпадают."},
		{"en", "nickname", errorsv1.Reason_FIELD_REQUIRED, nil, "You cannot continue without this field."},
	} {
		if got := i18n.For(c.lang).FieldReason(c.field, c.reason, c.params); got != c.want {
			t.Errorf("%s %s %s %v = %q, want %q", c.lang, c.field, c.reason, c.params, got, c.want)
		}
	}
}
