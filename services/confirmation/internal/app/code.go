package app

import (
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

const (
	// letterKind is the first character of letters' codes; otherKinds are those of booked visits and envelopes.
	letterKind = "L"
	otherKinds = "BE"
	// codeChars carry 50 bits.
	codeChars = 10
)

// newCode makes a letter's code.
func newCode() secret.String { return secret.New(letterKind + secret.Crockford(codeChars).Reveal()) }

// readCode reads a code as it is typed: any case, spaces and dashes anywhere, O for 0, I and L for 1, and the
// Cyrillic letters that look like Latin ones. What cannot be a letter's code does not count as a try.
func readCode(typed string) (string, error) {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return latin(unicode.ToUpper(r))
	}, identifiers.Typed(typed))
	if s == "" {
		return "", malformed(errorsv1.Reason_FIELD_REQUIRED, "")
	}
	if strings.Contains(otherKinds, s[:1]) {
		return "", errs.New(errorsv1.Reason_CONFIRMATION_CODE_WRONG_KIND, "the code is not a letter's")
	}
	rest, err := secret.NormalizeCrockford(s[1:])
	if err != nil || len(rest) != codeChars || !strings.Contains("LI1", s[:1]) {
		return "", malformed(errorsv1.Reason_CONFIRMATION_CODE_MALFORMED, identifiers.LetterCodePattern)
	}
	return letterKind + rest, nil
}

// latin is the Latin letter that a Cyrillic one looks like: readers of Russian type what they see.
func latin(r rune) rune {
	const cyrillic, lookalikes = "АВЕКМНОРСТУХ", "ABEKMHOPCTYX"
	at := 0
	for _, c := range cyrillic {
		if c == r {
			return rune(lookalikes[at])
		}
		at++
	}
	return r
}

func malformed(reason errs.Reason, pattern string) error {
	return errs.Fields{{Name: "code", Reason: reason, Pattern: pattern}}.Err()
}

// mac is what is stored of a code: bound to its letter, so that it matches no other.
func (a *App) mac(id uuid.UUID, code string) []byte {
	return a.Keys.MAC("letter code", id[:], []byte(code))
}

// match finds the letter whose code this is; every letter is compared, so that the time tells nothing.
func (a *App) match(letters []store.Letter, code string) (store.Letter, bool) {
	var found store.Letter
	ok := false
	for _, l := range letters {
		if a.Keys.CheckMAC(l.CodeMAC, "letter code", l.ID[:], []byte(code)) {
			found, ok = l, true
		}
	}
	return found, ok
}
