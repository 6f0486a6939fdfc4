package identifiers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The longest texts, in characters. Those of an address suffice for real ones and, below the longest name, fit
// the window of a letter's envelope in legible print.
const (
	// MaxName is the longest surname, given name or patronymic.
	MaxName   = 100
	MaxRegion = 50
	MaxCity   = 80
	MaxStreet = 80
	// MaxHouse is the longest number of a house, with its building, or of a flat.
	MaxHouse = 20
)

// ParseText reads free text of at most limit characters: an issuer, a birth place, a street. The result is
// NFC, with single spaces for every run of spaces and line breaks; control and invisible characters are
// refused, since they hide from readers what is stored.
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

// ParsePrintable reads free text that is printed on an envelope or stands in a passport: Cyrillic and Latin letters,
// digits and the usual punctuation, which the letter's fonts have and a postman can read.
func ParsePrintable(s string, limit int) (string, error) {
	s, err := ParseText(s, limit)
	if err != nil {
		return "", err
	}
	s = plainPunctuation(s)
	if strings.ContainsFunc(s, func(r rune) bool { return !printable(r) }) {
		return "", problem(malformed)
	}
	return s, nil
}

// printable says whether a character is in the letter's fonts: of other languages those of Western Europe and those
// written in Cyrillic today.
func printable(r rune) bool {
	for _, in := range []struct{ from, to rune }{
		{'0', '9'},
		{'A', 'Z'},
		{'a', 'z'},
		{'À', 'Ö'},
		{'Ø', 'ö'},
		{'ø', 'ÿ'},
		{'Ё', 'Ќ'},
		{'Ў', 'я'},
		{'ё', 'ќ'},
		{'ў', 'џ'},
		{'Ҋ', 'Ӏ'},
		{'Ӄ', 'ӹ'},
	} {
		if r >= in.from && r <= in.to {
			return true
		}
	}
	return strings.ContainsRune(` .,-/№"'()&«»`, r)
}

func invisible(r rune) bool { return unicode.Is(unicode.C, r) }

// ParseName reads a surname, given name or patronymic of at most 100 characters: Cyrillic or Latin letters,
// hyphen, apostrophe, dot and space. Foreigners and one-letter surnames exist, so the only other rule is
// that each word is of one alphabet: a Latin "a" in a Russian name looks right and matches no registry.
func ParseName(s string) (string, error) {
	s, err := ParseText(s, MaxName)
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

// plainPunctuation turns typographic dashes, quotes and apostrophes into those of the keyboard; «» are on the Russian one.
func plainPunctuation(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(dashes, r):
			return '-'
		case strings.ContainsRune("’‘ʼ`´", r):
			return '\''
		case strings.ContainsRune("“”„‟", r):
			return '"'
		}
		return r
	}, s)
}

// JoinNonEmpty joins the parts that are not empty.
func JoinNonEmpty(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), separator)
}
