// Package letter makes the registered letter: one A4 page with the code, to be folded into a window envelope.
package letter

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/internal/support"
)

// Content is what a letter says.
type Content struct {
	// Sender is who sends it and where it comes back to.
	Sender Sender
	// Addressee is the whole name; Address the lines of the envelope.
	Addressee string
	Address   []string
	// Support is how the sender can be told that something is wrong; empty: it cannot.
	Support support.Contacts
	// Code is what the person types: "L" and ten characters.
	Code           string
	TrackingNumber string
	// PublicURL is where the installation is, EnterURL the page that asks for the code.
	PublicURL, EnterURL string
	Printed, Expire     time.Time
	// Sandbox marks a letter that means nothing.
	Sandbox bool
}

// Sender is whom a letter is from.
type Sender struct{ Name, Address string }

// Printed is a letter as it goes to the post.
type Printed struct {
	PDF []byte
	// Text says the same in plain words.
	Text string
}

// Print makes the letter.
func Print(c Content) (Printed, error) {
	pdf, err := page(c)
	if err != nil {
		return Printed{}, fmt.Errorf("print the letter: %w", err)
	}
	return Printed{PDF: pdf, Text: c.text()}, nil
}

// Group writes a code as it is easiest to read: L-XXXXX-XXXXX.
func Group(code string) string {
	kind, rest := code[:1], code[1:]
	return kind + "-" + rest[:len(rest)/2] + "-" + rest[len(rest)/2:]
}

func (c Content) text() string {
	return strings.Join([]string{
		"От кого: " + strings.Join(c.sender(), ", "),
		"Кому: " + c.Addressee,
		"Куда: " + strings.Join(c.Address, ", "),
		"",
		title,
		"",
		"Код подтверждения / Confirmation code: " + Group(c.Code),
		"",
		fmt.Sprintf(validRu, date(c.Expire)) + " " + strings.Join(c.stepsRu(), " "),
		"",
		c.notYouRu(),
		"",
		"In English. " + c.english(),
	}, "\n")
}

// sender is the sender's name, address and telephone.
func (c Content) sender() []string {
	lines := []string{c.Sender.Name, c.Sender.Address}
	if c.Support.Phone != "" {
		lines = append(lines, "тел. "+c.Support.Phone)
	}
	return lines
}

// notYouRu is what to do with a letter that was not ordered.
func (c Content) notYouRu() string {
	if !c.Support.Any() {
		return "Если вы не заказывали письмо, не вводите код и никому его не сообщайте."
	}
	return "Если вы не заказывали письмо, не вводите код и обратитесь в поддержку: " + c.Support.Line("ru") + "."
}

func (c Content) notYouEn() string {
	if !c.Support.Any() {
		return "If you did not order this letter, do not enter the code and do not tell it to anyone."
	}
	return "If you did not order this letter, do not enter the code and contact support: " + c.Support.Line("en") + "."
}

const (
	title   = "Подтверждение личности"
	validRu = "Код действует до %s."
)

func (c Content) stepsRu() []string {
	return []string{
		"Войдите в свою учётную запись на " + host(c.PublicURL) + ".",
		"Откройте страницу " + bare(c.EnterURL) + " или наведите камеру на квадратный код.",
		"Введите код из этого письма. Большие или маленькие буквы, пробелы и дефисы не важны.",
	}
}

func (c Content) english() string {
	return fmt.Sprintf("Sign in to your account at %s, open %s and enter the code above. It works once, only for you, and until %s. ",
		host(c.PublicURL), bare(c.EnterURL), c.Expire.In(identifiers.Moscow()).Format("2 January 2006")) + c.notYouEn()
}

// date writes the day in Moscow as 31.12.2006.
func date(t time.Time) string { return t.In(identifiers.Moscow()).Format("02.01.2006") }

func host(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		return u.Host
	}
	return raw
}

// bare is a URL as people type it: without the scheme.
func bare(raw string) string {
	return strings.TrimPrefix(strings.TrimPrefix(raw, "https://"), "http://")
}
