package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// wordLength is the least length at which a person's word counts: shorter ones are in many passwords.
	wordLength = 4
	// numberLength is how many digits in a row of a phone count.
	numberLength = 7
)

// personal says whether the password is made of the person's own words, in whatever alphabet or layout.
func (p *Policy) personal(password string, about []string) bool {
	lower := strings.ToLower(password)
	digits := onlyDigits(password)
	for _, text := range about {
		text = strings.ToLower(norm.NFC.String(text))
		if number := onlyDigits(text); sharesNumber(digits, number) {
			return true
		}
		for _, word := range words(text) {
			if p.containsWord(lower, word) {
				return true
			}
		}
	}
	return false
}

// words are the text, and its parts made of letters and digits.
func words(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return append(parts, text)
}

func (p *Policy) containsWord(password, word string) bool {
	for _, form := range p.spell.of(word) {
		if utf8.RuneCountInString(form) >= wordLength && strings.Contains(password, form) {
			return true
		}
	}
	return false
}

// sharesNumber says whether seven digits in a row of the number are in the password.
func sharesNumber(password, number string) bool {
	for i := 0; i+numberLength <= len(number); i++ {
		if strings.Contains(password, number[i:i+numberLength]) {
			return true
		}
	}
	return false
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, text)
}
