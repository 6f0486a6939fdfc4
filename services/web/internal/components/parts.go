package components

import (
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Fact is a name and a value on a page.
type Fact struct {
	Name, Value string
	// Part is shown in the value's place; nil: the value is text.
	Part templ.Component
}

func lower(s string) string { return strings.ToLower(s) }

// AriaCurrent marks the step that one is at.
func AriaCurrent(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// Wait is a time in words, as in "41 seconds".
func (p Page) Wait(seconds int) string {
	return p.Words.Typeset(p.Words.Wait(time.Duration(seconds) * time.Second))
}

// Moment is empty for a zero instant.
func (p Page) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Words.Typeset(p.Words.Moment(t))
}

// Date is empty for a zero instant.
func (p Page) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Words.Typeset(p.Words.Date(t))
}

// Day is an ISO 8601 date in words.
func (p Page) Day(iso string) string { return p.Words.Typeset(p.Words.Day(iso)) }

// HowConfirmed says how and when an account was confirmed; method is as the contract spells it.
func (p Page) HowConfirmed(method string, t time.Time) string {
	return p.T("confirmation.how", "Method", p.T("method."+method), "Date", p.Date(t))
}
