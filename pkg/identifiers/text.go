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
	// MaxHouse is the longest number of a house, with its estate, block and building.
	MaxHouse = 50
	// MaxFlat is the longest number of a flat.
	MaxFlat = 20
	// MaxPlace is the longest place of birth, and MaxIssuer the longest name of the office that issued a document.
	MaxPlace  = 300
	MaxIssuer = 300
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
		return "", longerThan(limit)
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
	return strings.ContainsRune(` .,:;-/№"'()&«»`, r)
}

func invisible(r rune) bool { return unicode.Is(unicode.C, r) }

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

// FoldText is what two texts have in common that say the same with the same signs: in other case, with е for ё, with other
// forms of quotes and dashes, or with other spaces beside signs. People copy an issuer or a birth place from a page where it
// stands in capitals and in broken lines; a sign more or less is another text.
func FoldText(s string) string {
	s = strings.NewReplacer("«", `"`, "»", `"`).Replace(plainPunctuation(fold(s)))
	var folded strings.Builder
	last := ' '
	for _, word := range strings.Fields(s) {
		if first, _ := utf8.DecodeRuneInString(word); inWord(last) && inWord(first) {
			folded.WriteByte(' ')
		}
		folded.WriteString(word)
		last, _ = utf8.DecodeLastRuneInString(word)
	}
	return folded.String()
}

// inWord says whether a character is part of a word, not a sign between words.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// fold removes the differences that no registry makes: case, and е for ё.
func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(norm.NFC.String(s)), "ё", "е")
}

// JoinNonEmpty joins the parts that are not empty.
func JoinNonEmpty(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), separator)
}
