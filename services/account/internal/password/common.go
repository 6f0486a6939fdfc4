package password

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"github.com/ccojocar/zxcvbn-go/frequency"
)

//go:embed common_ru.txt
var commonRussian string

//go:embed common_latin.txt
var commonLatin string

// serviceWords name this system, typed in either layout; they may not even be a part of a password.
func serviceWords() []string { return []string{"propusk", "gosuslugi", "ghjgecr", "ujceckeub"} }

// commonPasswords is every password that is too well known: those found most often in leaks (zxcvbn's list), our own
// additions, and Russian words, typed in the Latin layout or transliterated.
func commonPasswords(spell spellings) map[string]bool {
	known := map[string]bool{}
	add := func(words ...string) {
		for _, word := range words {
			known[word], known[stem(word)] = true, true
		}
	}
	for _, word := range frequency.Lists["Passwords"].List {
		add(strings.ToLower(word))
	}
	add(strings.Fields(commonLatin)...)
	for word := range strings.FieldsSeq(commonRussian) {
		add(spell.of(word)...)
	}
	delete(known, "")
	return known
}

// isCommon compares without case, without trailing digits and punctuation, and with letters in place of the marks that
// look like them: "P@ssw0rd1!" is "password".
func (p *Policy) isCommon(password string) bool {
	lower := strings.ToLower(password)
	plain := p.spell.unleet.Replace(lower)
	for _, form := range []string{lower, stem(lower), plain, stem(plain), p.spell.unleet.Replace(stem(lower))} {
		if p.common[form] {
			return true
		}
	}
	return slices.ContainsFunc(serviceWords(), func(word string) bool { return strings.Contains(lower, word) })
}

// stem removes what people append to a word to satisfy a policy.
func stem(word string) string {
	return strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
}
