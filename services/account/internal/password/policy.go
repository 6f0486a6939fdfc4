// Package password decides which passwords are acceptable, how hard one is to guess, and generates good ones.
package password

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// punctuation is every mark that the gu preset accepts: that of ASCII without the forbidden ones.
const punctuation = "!\"$%&'()+,-./:;<=>?@[\\]^_`{|}~"

// forbidden are marks that people might think of and that the gu preset does not accept.
const forbidden = "*#"

// maxLength in characters is for both presets; hashing takes all of them.
const maxLength = 128

// Policy is the rules of one preset.
type Policy struct {
	minLength, generated int
	// composed also asks for kinds of characters, and refuses others and repetitions.
	composed bool
	common   map[string]bool
	spell    spellings
}

// New makes the policy of a preset: "gu" (as on Gosuslugi: at least 8 Latin characters of four kinds, no two equal
// ones in a row) or "nist" (SP 800-63B-4 §3.1.1.2: at least 15 of any kind).
func New(preset string) (*Policy, error) {
	spell := newSpellings()
	p := &Policy{spell: spell, common: commonPasswords(spell)}
	switch preset {
	case "gu":
		p.minLength, p.generated, p.composed = 8, 16, true
	case "nist":
		p.minLength, p.generated = 15, 20
	default:
		return nil, fmt.Errorf("PROPUSK_ACCOUNT_PASSWORD_POLICY is %q: set it to gu or nist", preset)
	}
	return p, nil
}

// MinLength and MaxLength are in characters.
func (p *Policy) MinLength() int { return p.minLength }

// MaxLength is the longest password in characters.
func (p *Policy) MaxLength() int { return maxLength }

// Composed says whether kinds of characters are asked for.
func (p *Policy) Composed() bool { return p.composed }

// Punctuation is every mark that is accepted, if kinds are asked for.
func (p *Policy) Punctuation() string {
	if !p.composed {
		return ""
	}
	return punctuation
}

// Forbidden are marks that people might think of and that are not accepted, if kinds are asked for.
func (p *Policy) Forbidden() string {
	if !p.composed {
		return ""
	}
	return forbidden
}

// Normal is the password as it is checked, hashed and compared: in NFC, so that every keyboard writes it the same way.
func Normal(password string) string { return norm.NFC.String(password) }

// Violations are all rules that the password breaks. About are words of the person: names, phone, e-mail.
func (p *Policy) Violations(password string, about []string) []errs.Reason {
	password = Normal(password)
	var broken []errs.Reason
	rule := func(ok bool, reason errs.Reason) {
		if !ok {
			broken = append(broken, reason)
		}
	}
	length := utf8.RuneCountInString(password)
	rule(length >= p.minLength, errorsv1.Reason_PASSWORD_TOO_SHORT)
	rule(length <= maxLength, errorsv1.Reason_PASSWORD_TOO_LONG)
	if p.composed {
		rule(strings.ContainsFunc(password, isUpper), errorsv1.Reason_PASSWORD_NEEDS_UPPER)
		rule(strings.ContainsFunc(password, isLower), errorsv1.Reason_PASSWORD_NEEDS_LOWER)
		rule(strings.ContainsFunc(password, isDigit), errorsv1.Reason_PASSWORD_NEEDS_DIGIT)
		rule(strings.ContainsAny(password, punctuation), errorsv1.Reason_PASSWORD_NEEDS_PUNCTUATION)
		rule(!repeats(password), errorsv1.Reason_PASSWORD_REPEATS)
		rule(!strings.ContainsFunc(password, foreignLetter), errorsv1.Reason_PASSWORD_NOT_LATIN)
	}
	rule(!strings.ContainsFunc(password, p.refused), errorsv1.Reason_PASSWORD_FORBIDDEN_CHARACTER)
	rule(!p.isCommon(password), errorsv1.Reason_PASSWORD_COMMON)
	rule(!p.personal(password, about), errorsv1.Reason_PASSWORD_PERSONAL)
	return broken
}

// Limit is the number of characters that a rule is about; 0: it is about none.
func (p *Policy) Limit(rule errs.Reason) int {
	switch rule {
	case errorsv1.Reason_PASSWORD_TOO_SHORT:
		return p.minLength
	case errorsv1.Reason_PASSWORD_TOO_LONG:
		return maxLength
	default:
		return 0
	}
}

// Check refuses a password that breaks a rule, with every rule it breaks.
func (p *Policy) Check(password string, about []string) error {
	return p.CheckField("password", password, about)
}

// CheckField is [Policy.Check] of a password that is in a field of another name.
func (p *Policy) CheckField(name, password string, about []string) error {
	var fields errs.Fields
	for _, reason := range p.Violations(password, about) {
		fields.Add(name, reason)
	}
	if len(fields) == 0 {
		return nil
	}
	e := errs.New(errorsv1.Reason_VALIDATION_FAILED, "the password breaks the policy").
		With("min", p.minLength).With("max", maxLength)
	e.Fields = fields
	return e
}

func isUpper(r rune) bool { return r >= 'A' && r <= 'Z' }
func isLower(r rune) bool { return r >= 'a' && r <= 'z' }
func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// foreignLetter is a letter, or a mark on one, that is not of the Latin alphabet's 26.
func foreignLetter(r rune) bool {
	return !isUpper(r) && !isLower(r) && (unicode.IsLetter(r) || unicode.IsMark(r))
}

// refused is a character that no other rule names.
func (p *Policy) refused(r rune) bool {
	if !p.composed {
		return unicode.IsControl(r)
	}
	known := isUpper(r) || isLower(r) || isDigit(r) || foreignLetter(r)
	return !known && !strings.ContainsRune(punctuation, r)
}

func repeats(password string) bool {
	last := rune(-1)
	for _, r := range password {
		if r == last {
			return true
		}
		last = r
	}
	return false
}
