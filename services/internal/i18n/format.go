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

// ParseDate reads a date as people type it (31.12.1990, 31/12/1990, 31 12 1990, 31121990, 1990-12-31) and gives it in the
// form of ISO 8601, also a day that the calendar does not have. Anything else is given back as it is, for the owner of the
// field to refuse.
func ParseDate(typed string) string {
	typed = strings.TrimSpace(typed)
	parts := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune("./- ", r) })
	if len(parts) == 1 && len(typed) == len("31121990") {
		parts = []string{typed[:2], typed[2:4], typed[4:]}
	}
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4 || strings.Trim(strings.Join(parts, ""), "0123456789") != "" {
		return typed
	}
	return parts[2] + "-" + twoDigits(parts[1]) + "-" + twoDigits(parts[0])
}

func twoDigits(s string) string { return strings.Repeat("0", 2-len(s)) + s }

// TypedDate shows an ISO date as people type it: 31.12.1990. Anything else is given back as it is.
func TypedDate(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("02.01.2006")
}
