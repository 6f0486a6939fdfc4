// Package support says how people reach the support of the installation's operator.
package support

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Contacts are where people turn to; what is empty there is not.
type Contacts struct {
	// Phone is as people read it: "8 800 100-70-10".
	Phone, Email string
	// HoursRu and HoursEn are when somebody answers.
	HoursRu, HoursEn string
}

// Of are the contacts of an installation.
func Of(c boot.Config) Contacts {
	return Contacts{Phone: c.SupportPhone, Email: c.SupportEmail, HoursRu: c.SupportHoursRu, HoursEn: c.SupportHoursEn}
}

// Any says whether there is anywhere to turn to. Where there is not, texts do not speak of support.
func (c Contacts) Any() bool { return c.Phone != "" || c.Email != "" }

// Hours are when somebody answers, in a language.
func (c Contacts) Hours(lang string) string {
	if lang == "en" {
		return c.HoursEn
	}
	return c.HoursRu
}

// Line is all of it: "8 800 100-70-10, help@example.ru (daily 8:00 to 20:00)"; empty where there is nothing.
func (c Contacts) Line(lang string) string {
	line := identifiers.JoinNonEmpty(", ", c.Phone, c.Email)
	if hours := c.Hours(lang); line != "" && hours != "" {
		line += " (" + hours + ")"
	}
	return line
}

// Short is one contact for a text message: the phone, or else an address that leaves room for the message.
func (c Contacts) Short() string {
	const room = 25
	if c.Phone == "" && len(c.Email) <= room {
		return c.Email
	}
	return c.Phone
}

// Tel is the phone as a link dials it: digits, and a plus in front if there is one.
func (c Contacts) Tel() string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, c.Phone)
}
