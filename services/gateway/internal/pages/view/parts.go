package view

import (
	"strings"
	"time"

	"github.com/a-h/templ"
)

// fact is a name and a value on a page.
type fact struct{ name, value string }

func lower(s string) string { return strings.ToLower(s) }

// unbroken keeps a number on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

func ariaCurrent(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

func (p Page) wait(seconds int) string {
	return p.words().Wait(time.Duration(seconds) * time.Second)
}

// moment is empty for a zero instant.
func (p Page) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.words().Moment(t)
}

func (p Page) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.words().Date(t)
}

// join makes one line of the parts that are there.
func join(separator string, parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, separator)
}
