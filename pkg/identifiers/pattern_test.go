package identifiers_test

import (
	"errors"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Of what is written in the signs of a pattern, what matches is what is well formed.
func TestPatternsAgreeWithTheReaders(t *testing.T) {
	for name, c := range map[string]struct {
		pattern, signs string
		read           func(string) error
	}{
		"SNILS":      {identifiers.DigitsPattern(11), `[0-9 \-]`, func(s string) error { _, err := identifiers.ParseSNILS(s); return err }},
		"series":     {identifiers.DigitsPattern(4), `[0-9 \-]`, func(s string) error { _, err := identifiers.ParsePassportSeries(s); return err }},
		"number":     {identifiers.DigitsPattern(6), `[0-9 \-]`, func(s string) error { _, err := identifiers.ParsePassportNumber(s); return err }},
		"issue code": {identifiers.DigitsPattern(6), `[0-9 \-]`, func(s string) error { _, err := identifiers.ParseIssueCode(s); return err }},
		"postcode":   {identifiers.DigitsPattern(6), `[0-9 \-]`, func(s string) error { _, err := identifiers.ParsePostIndex(s); return err }},
		"code":       {identifiers.DigitsPattern(6), `[0-9 \-]`, func(s string) error { _, err := identifiers.ParseCode(s, 6); return err }},
		"date":       {identifiers.DatePattern, `[0-9\-]`, func(s string) error { _, err := identifiers.ParseDate(s); return err }},
	} {
		pattern := regexp.MustCompile(c.pattern)
		values := rapid.OneOf(
			rapid.StringMatching(c.pattern), rapid.StringMatching(c.signs+`{1,15}`), rapid.StringMatching(`[0-9]{4}-[0-9]{2}-[0-9]{2,3}`),
		)
		rapid.Check(t, func(t *rapid.T) {
			value := values.Draw(t, "value")
			var p errs.Problem
			wellFormed := !errors.As(c.read(value), &p) || p.Reason != malformed && p.Reason != required
			if pattern.MatchString(value) != wellFormed {
				t.Fatalf("%s: %q matches: %t, well formed: %t (%s)", name, value, !wellFormed, wellFormed, p.Reason)
			}
			if p.Reason == malformed && p.Pattern != c.pattern {
				t.Fatalf("%s: refused with the pattern %q", name, p.Pattern)
			}
		})
	}
}

// The forms that people know match.
func TestUsualFormsMatch(t *testing.T) {
	for value, pattern := range map[string]string{
		"000-000-600 10": identifiers.DigitsPattern(11), "00000060010": identifiers.DigitsPattern(11), "000 000 600 10": identifiers.DigitsPattern(11),
		"770-001": identifiers.DigitsPattern(6), "45 11": identifiers.DigitsPattern(4), "1990-12-31": identifiers.DatePattern,
	} {
		if !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("%s does not match %s", value, pattern)
		}
	}
}
