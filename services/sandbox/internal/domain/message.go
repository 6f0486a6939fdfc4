// Package domain describes messages and letters of the simulated outside world.
package domain

import (
	"regexp"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Channel is how a message arrived.
type Channel string

// The channels.
const (
	SMS    Channel = "SMS"
	Email  Channel = "EMAIL"
	Letter Channel = "LETTER"
)

// Message is what a person received.
type Message struct {
	ID int64
	// SourceID is the sender's id: two with the same id are one message.
	SourceID string
	Channel  Channel
	// Recipients are the contacts of the addressee, in normal form.
	Recipients          []string
	Subject, Text, HTML string
	Code                string
	Attachment          Attachment
	// Time is when the message becomes visible.
	Time time.Time
}

// Filter selects messages; an empty field selects all.
type Filter struct {
	Channel Channel
	// Recipient is a contact in normal form.
	Recipient string
	// After excludes this message and those before it.
	After int64
}

// Place is where a message stands among all.
type Place struct {
	Time time.Time
	ID   int64
}

// Place is where the message stands.
func (m Message) Place() Place { return Place{Time: m.Time, ID: m.ID} }

// Newest is the place before every message.
func Newest() Place { return Place{Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} }

// ErrNoMessage refuses a message or attachment that does not exist.
func ErrNoMessage() error {
	return errs.New(errorsv1.Reason_MESSAGE_NOT_FOUND, "there is no such message")
}

// Attachment is a file; without a name there is none.
type Attachment struct {
	Name, Type string
	Content    []byte
}

// Contact is a phone or e-mail address in normal form, however it is written.
func Contact(s string) string {
	if phone, err := identifiers.ParsePhone(s); err == nil {
		return string(phone)
	}
	if email, err := identifiers.ParseEmail(s); err == nil {
		return email.Key()
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// Contacts are contacts in normal form.
func Contacts(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Contact(s)
	}
	return out
}

// Patterns find the codes in texts.
type Patterns struct{ link, letter, digits *regexp.Regexp }

// NewPatterns compiles the patterns.
func NewPatterns() Patterns {
	return Patterns{
		link:   regexp.MustCompile(`https?://\S+`),
		letter: regexp.MustCompile(`\bL-[0-9A-Z]{5}-[0-9A-Z]{5}\b`),
		digits: regexp.MustCompile(`\b[0-9]{6}\b`),
	}
}

// Code is the code in the text: a letter's, or six digits outside of links; "" if there is none.
func (p Patterns) Code(c Channel, text string) string {
	if c == Letter {
		return p.letter.FindString(text)
	}
	return p.digits.FindString(p.link.ReplaceAllString(text, " "))
}

// Split cuts a text into plain parts and links, alternating; the first is plain.
func (p Patterns) Split(text string) []string {
	var out []string
	at := 0
	for _, found := range p.link.FindAllStringIndex(text, -1) {
		end := found[0] + len(strings.TrimRight(text[found[0]:found[1]], ".,;:!?)»\""))
		out = append(out, text[at:found[0]], text[found[0]:end])
		at = end
	}
	return append(out, text[at:])
}
