package identifiers

import (
	"errors"
	"strings"
	"unicode"
)

// LoginKind is what a person signs in with.
type LoginKind int

// The kinds of login.
const (
	LoginPhone LoginKind = iota + 1
	LoginEmail
	LoginSNILS
)

// Login is what a person typed into the only login field of the sign-in page.
type Login struct {
	Kind LoginKind
	// Value is in the normal form that the account is found by: a Phone, an Email's Key or a SNILS.
	Value string
}

// ParseLogin guesses the kind. An @ makes an e-mail; digits grouped 3-3-3-2 are a SNILS; other digits are a
// mobile number if they can be one, else a SNILS. Eleven digits that are neither are refused as a mistyped
// SNILS: nobody has it, so that reveals nothing about anybody.
func ParseLogin(s string) (Login, error) {
	if strings.TrimSpace(Typed(s)) == "" {
		return Login{}, problem(required)
	}
	if strings.Contains(s, "@") {
		email, err := ParseEmail(s)
		return login(LoginEmail, email.Key(), err)
	}
	phone, notPhone := ParsePhone(s)
	snils, notSNILS := ParseSNILS(s)
	switch {
	case notSNILS == nil && (notPhone != nil || groupedAsSNILS(s)):
		return login(LoginSNILS, string(snils), nil)
	case errors.Is(notSNILS, problem(wrongSum)) && errors.Is(notPhone, problem(malformed)):
		return Login{}, notSNILS
	}
	return login(LoginPhone, string(phone), notPhone)
}

func login(kind LoginKind, value string, err error) (Login, error) {
	if err != nil {
		return Login{}, err
	}
	return Login{Kind: kind, Value: value}, nil
}

func groupedAsSNILS(s string) bool {
	groups := strings.Fields(strings.Map(groupingOnly, s))
	return len(groups) == 4 && len(groups[0]) == 3 && len(groups[1]) == 3 && len(groups[2]) == 3 &&
		!strings.HasPrefix(strings.TrimSpace(Typed(s)), "+")
}

// groupingOnly keeps digits and what stands between them, of any width; what cannot be seen groups nothing.
func groupingOnly(r rune) rune {
	switch {
	case formatting(r):
		return -1
	case unicode.IsDigit(r):
		return r
	}
	return ' '
}
