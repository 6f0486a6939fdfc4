package identifiers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks a letter may carry beyond its composed form; more are no writing.
const maxMarks = 2

// ParseName reads a surname, given name or patronymic of at most 100 characters: Cyrillic or Latin letters, single
// hyphens and apostrophes between them, dots after them, and spaces. Foreigners and one-letter surnames exist, so what
// else is refused is only what no registry has: stray signs, a name spelled out letter by letter, and words of two
// alphabets (a Latin "a" in a Russian name looks right and matches nobody).
//
// The result is in the form that registries and passports are read in: one space, no space beside a hyphen, and no word
// in capitals or in small letters only.
func ParseName(s string) (string, error) {
	s, err := ParseText(s, MaxName)
	if err != nil {
		return "", err
	}
	s = strings.ReplaceAll(strings.ReplaceAll(plainPunctuation(s), " -", "-"), "- ", "-")
	words := strings.Split(s, " ")
	switch {
	case slices.ContainsFunc(words, mixed):
		return "", problem(mixedLetters)
	case slices.ContainsFunc(words, noWord) || spelledOut(words):
		return "", problem(nameLetters)
	}
	for i, w := range words {
		words[i] = wordCase(w, i, len(words))
	}
	return strings.Join(words, " "), nil
}

// SameName says whether two names are one, as registries compare them: case and ё for е make no difference, anything
// else does.
func SameName(a, b string) bool { return fold(a) == fold(b) }

// spelledOut finds a name typed as "И в а н о в".
func spelledOut(words []string) bool {
	return len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > 1 })
}

// mixed finds a word of which a part has letters of both alphabets, and no other signs than names have.
func mixed(word string) bool {
	of := func(part string, alphabet *unicode.RangeTable) bool {
		return strings.ContainsFunc(part, func(r rune) bool { return unicode.Is(alphabet, r) })
	}
	for part := range strings.SplitSeq(word, "-") {
		if of(part, unicode.Cyrillic) && of(part, unicode.Latin) && !strings.ContainsFunc(part, inNoName) {
			return true
		}
	}
	return false
}

// inNoName finds what stands in no part of a name.
func inNoName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("'.", r)
}

// noWord finds a word with a sign at a place where no name has it, or with letters of another alphabet.
func noWord(word string) bool {
	for part := range strings.SplitSeq(word, "-") {
		part = strings.TrimSuffix(part, ".")
		letters := strings.NewReplacer("'", "", ".", "").Replace(part)
		if strayIn(part) || !all(letters, unicode.Cyrillic) && !all(letters, unicode.Latin) {
			return true
		}
	}
	return false
}

// strayIn finds an apostrophe that no letter follows, and a dot that follows none.
func strayIn(part string) bool {
	before := '.'
	for _, r := range part + "." {
		if r == '.' && (before == '.' || before == '\'') || r == '\'' && before == '\'' {
			return true
		}
		before = r
	}
	return false
}

// all says whether a word has only letters of one alphabet, each with few combining marks.
func all(word string, alphabet *unicode.RangeTable) bool {
	marks := maxMarks // none before the first letter
	for _, r := range word {
		switch {
		case unicode.IsLetter(r) && unicode.Is(alphabet, r):
			marks = 0
		case unicode.Is(unicode.Mn, r) && marks < maxMarks:
			marks++
		default:
			return false
		}
	}
	return word != ""
}

// particles are the words within names that are written small: «Гасан оглы», «фон Штерн», «аль-Рашид», «Рустам-бек».
const particles = ` оглы оглу кызы гызы улы уулу заде бек бей хан ханум де дер ден дел дель делла делль деи ди да до дос дас ду ` +
	`фон фан ван цу цур тер те ибн бин бен бинт аль эль ас аш ад эд ан ла ле лос лас и э 'т ` +
	`von van der den de del della di da do dos das du la le los las el al ibn bin ben y e zu zur ter ten ogly kyzy 't `

// wordCase writes a word that is the i-th of n as names are written.
func wordCase(word string, i, n int) string {
	if i > 0 && i == n-1 && len(word) > 1 && strings.Trim(word, "IVX") == "" {
		return word // Мартин Лютер II
	}
	parts := strings.Split(word, "-")
	for at, part := range parts {
		parts[at] = partCase(part, n > 1 || len(parts) > 1)
	}
	return strings.Join(parts, "-")
}

// partCase writes a part of a name; among is whether the name has others.
func partCase(part string, among bool) string {
	if small := strings.ToLower(part); among && uniform(part) && strings.Contains(particles, " "+small+" ") {
		return small
	}
	pieces := strings.Split(part, "'")
	for i, piece := range pieces {
		prefix := i+1 < len(pieces) && utf8.RuneCountInString(piece) == 1 // д'Артаньян, О'Нил
		afterPrefix := i == 0 || utf8.RuneCountInString(pieces[i-1]) <= 1
		switch {
		case piece == "", prefix && !uniform(part), well(piece):
		case !afterPrefix: // Ма'мун
			pieces[i] = strings.ToLower(piece)
		default:
			pieces[i] = title(piece)
		}
	}
	return strings.Join(pieces, "'")
}

// uniform says whether all letters are capitals, or all small.
func uniform(s string) bool { return s == strings.ToUpper(s) || s == strings.ToLower(s) }

// well says whether the case of a word is one that people write: a capital first and at most one more within, small
// letters on both sides of it (МакГрегор).
func well(word string) bool {
	letters := []rune(word)
	if uniform(word) || !unicode.IsUpper(letters[0]) {
		return false
	}
	inner := 0
	for i, r := range letters[1:] {
		if !unicode.IsUpper(r) {
			continue
		}
		inner++
		if i == 0 || i+2 == len(letters) || unicode.IsUpper(letters[i+2]) {
			return false
		}
	}
	return inner <= 1
}

func title(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + strings.ToLower(word[size:])
}
