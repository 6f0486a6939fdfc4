package codes

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest surname, given name or patronymic, in characters.
const maxName = 100

// ParseText reads free text of at most limit characters: an issuer, a birth place, a street. The result is
// NFC, with single spaces for every run of spaces and line breaks; control and invisible characters are
// refused, for they hide what is stored from who reads it.
func ParseText(s string, limit int) (string, error) {
	if !utf8.ValidString(s) {
		return "", problem(malformed)
	}
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	switch {
	case s == "":
		return "", problem(required)
	case utf8.RuneCountInString(s) > limit:
		return "", problem(tooLong)
	case strings.ContainsFunc(s, invisible):
		return "", problem(malformed)
	}
	return s, nil
}

func invisible(r rune) bool { return unicode.Is(unicode.C, r) }

// ParseName reads a surname, given name or patronymic of at most 100 characters: Cyrillic or Latin letters,
// hyphen, apostrophe, dot and space. Foreigners and one-letter surnames exist, so the only other demand is
// that one word is of one alphabet: a Latin "a" in a Russian name looks right and matches no registry.
func ParseName(s string) (string, error) {
	s, err := ParseText(s, maxName)
	if err != nil {
		return "", err
	}
	s = plainPunctuation(s)
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-' .", r) })
	if len(words) == 0 {
		return "", problem(nameLetters)
	}
	for _, w := range words {
		if !all(w, unicode.Cyrillic) && !all(w, unicode.Latin) {
			return "", problem(nameLetters)
		}
	}
	return s, nil
}

// all says whether a word has only letters of one alphabet. A letter may carry a combining mark that has
// no composed form.
func all(word string, alphabet *unicode.RangeTable) bool {
	for i, r := range word {
		letter := unicode.IsLetter(r) && unicode.Is(alphabet, r)
		mark := i > 0 && unicode.Is(unicode.Mn, r)
		if !letter && !mark {
			return false
		}
	}
	return true
}

// plainPunctuation turns typographic dashes and apostrophes into those of the keyboard.
func plainPunctuation(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(dashes, r):
			return '-'
		case strings.ContainsRune("’‘ʼ`´", r):
			return '\''
		}
		return r
	}, s)
}
