package identifiers

import (
	"cmp"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
)

// Date is a day of the calendar, without a time zone. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads yyyy-mm-dd (ISO 8601): what people type is for the forms to read. A day that the calendar does not have
// (30 February, 29 February of a common year, the year 0) is refused.
func ParseDate(s string) (Date, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Date{}, problem(required)
	}
	if !isoShaped(s) {
		return Date{}, errs.Problem{Reason: malformed, Pattern: DatePattern}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, problem(noSuchDay)
	}
	return DateOf(t), nil
}

// isoShaped says whether a text matches [DatePattern].
func isoShaped(s string) bool {
	return len(s) == len(time.DateOnly) && s[4] == '-' && s[7] == '-' && onlyDigits(s[:4]+s[5:7]+s[8:])
}

// DateOf is the day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// IsZero says whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Time is midnight in UTC.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// String is yyyy-mm-dd; the zero Date is "".
func (d Date) String() string { return d.layout(time.DateOnly) }

// Format is dd.mm.yyyy; the zero Date is "".
func (d Date) Format() string { return d.layout("02.01.2006") }

func (d Date) layout(l string) string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(l)
}

// Compare is -1 when d is before other, +1 when after.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before says whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After says whether d is later than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// AddYears is the same day n years later. 29 February becomes 1 March in a common year: a term of years
// ends with the last day of February (Civil Code, article 192.3), and the age is reached the day after.
func (d Date) AddYears(n int) Date { return DateOf(d.Time().AddDate(n, 0, 0)) }

// AddDays is n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// AgeOn is how many full years a person born on d has lived on that day; negative before birth.
func (d Date) AgeOn(day Date) int {
	age := day.Year - d.Year
	if day.Before(d.AddYears(age)) {
		age--
	}
	return age
}

// MarshalText writes yyyy-mm-dd, so that dates read well in JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads; an empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
