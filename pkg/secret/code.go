package secret

import (
	"strings"
	"unicode"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// crockford is Douglas Crockford's base32 alphabet: no I, L, O and U. Each character carries 5 bits.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Digits makes a code of n decimal digits, each equally likely.
func Digits(n int) String {
	code := make([]byte, 0, n)
	for len(code) < n {
		for _, b := range random(n) {
			if b < 250 && len(code) < n { // 250 is a multiple of ten; the rest would favour 0 to 5
				code = append(code, '0'+b%10)
			}
		}
	}
	return New(string(code))
}

// Crockford makes a code of n characters of Crockford's base32, 5 bits each.
func Crockford(n int) String {
	code := random(n)
	for i, b := range code {
		code[i] = crockford[b%32]
	}
	return New(string(code))
}

// NormalizeCrockford reads a code as people type it: any case, spaces and dashes anywhere, O for 0, I and L
// for 1. Any other character is refused.
func NormalizeCrockford(s string) (string, error) {
	code := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
			return -1
		case r > unicode.MaxASCII: // ToUpper would make an S of "ſ"
			return unicode.ReplacementChar
		}
		return unicode.ToUpper(r)
	}, s)
	code = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(code)
	switch {
	case code == "":
		return "", errs.Problem{Reason: errorsv1.Reason_FIELD_REQUIRED}
	case strings.Trim(code, crockford) != "":
		return "", errs.Problem{Reason: errorsv1.Reason_FIELD_MALFORMED}
	}
	return code, nil
}
