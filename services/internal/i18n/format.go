package i18n

import (
	"strings"
	"time"
)

// Phone shows an E.164 number as people read it, on one line: +7 900 123-45-67. A number of another country, or a masked
// one, is given back as it is.
func Phone(e164 string) string {
	if len(e164) != 12 || !strings.HasPrefix(e164, "+7") {
		return e164
	}
	return Unbroken(e164[:2] + " " + e164[2:5] + " " + e164[5:8] + "-" + e164[8:10] + "-" + e164[10:])
}

// Unbroken keeps a number, or what else belongs together, on one line: its spaces are no-break ones.
func Unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// SNILS shows eleven digits as on the card: 112-233-445 95. Anything else is given back as it is.
func SNILS(digits string) string {
	if len(digits) != 11 || strings.Trim(digits, "0123456789") != "" {
		return digits
	}
	return digits[:3] + "-" + digits[3:6] + "-" + digits[6:9] + " " + digits[9:]
}

// Passport shows series and number as in the passport: 45 11 123456.
func Passport(series, number string) string {
	if len(series) == 4 {
		series = series[:2] + " " + series[2:]
	}
	return strings.TrimSpace(series + " " + number)
}

// ParseDate reads a date as people type it (31.12.1990, 31/12/1990, 31 12 1990, 31121990, 1990-12-31) and gives
// it in ISO 8601. Anything else is given back as it is, for the owner of the field to refuse.
func ParseDate(typed string) string {
	typed = strings.TrimSpace(typed)
	for _, layout := range []string{"2.1.2006", "2/1/2006", "2-1-2006", "2 1 2006", "02012006", time.DateOnly} {
		if t, err := time.Parse(layout, typed); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return typed
}

// TypedDate shows an ISO date as people type it: 31.12.1990. Anything else is given back as it is.
func TypedDate(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("02.01.2006")
}
