package i18n

import (
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Date is the day of an instant in Moscow, in words: "21 ноября 2025 г.", "21 November 2025".
func (l *Localizer) Date(t time.Time) string { return l.day(t.In(identifiers.Moscow())) }

// Moment is an instant in words, with Moscow time of day.
func (l *Localizer) Moment(t time.Time) string {
	return l.T("date.moment", "Date", l.Date(t), "Clock", t.In(identifiers.Moscow()).Format("15:04"))
}

// Day is an ISO 8601 date (1990-12-31) in words; anything else is given back as it is.
func (l *Localizer) Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return l.day(t)
}

func (l *Localizer) day(t time.Time) string {
	return l.T("date.day", "Day", t.Day(), "Month", l.months[t.Month()-1], "Year", t.Year())
}

// Wait is how long something takes, in words and rounded up to what people care about: seconds below a
// minute, minutes below two hours, hours below two days, then days.
func (l *Localizer) Wait(d time.Duration) string {
	for _, unit := range []struct {
		id   string
		size time.Duration
		less time.Duration
	}{
		{"wait.second", time.Second, time.Minute},
		{"wait.minute", time.Minute, 2 * time.Hour},
		{"wait.hour", time.Hour, 48 * time.Hour},
	} {
		if d < unit.less {
			return l.count(unit.id, d, unit.size)
		}
	}
	return l.count("wait.day", d, 24*time.Hour)
}

func (l *Localizer) count(id string, d, size time.Duration) string {
	return l.T(id, "Count", int((d+size-1)/size))
}

func splitWords(s string) []string { return strings.Fields(s) }

// Clock is the time of day of an instant in Moscow: "21:43".
func (l *Localizer) Clock(t time.Time) string { return t.In(identifiers.Moscow()).Format("15:04") }
