package identifiers

import (
	"strings"
	"unicode"
)

// Typed is input as its author meant it: what keyboards, messengers and word processors slip in unseen is dropped, which
// are format characters (zero-width spaces and joiners, marks of direction, the byte order mark) and spaces of any width
// but the keyboard's. Everything that is read by its characters, such as a contact, a login, a number or a code, passes
// through it.
func Typed(s string) string {
	return strings.Map(func(r rune) rune {
		if formatting(r) || (r != ' ' && unicode.Is(unicode.Zs, r)) {
			return -1
		}
		return r
	}, s)
}

// formatting finds the characters that are there and not to be seen.
func formatting(r rune) bool {
	for _, in := range []struct{ from, to rune }{
		{0x200B, 0x200F},
		{0x202A, 0x202E},
		{0x2060, 0x2069},
		{0xFEFF, 0xFEFF},
	} {
		if r >= in.from && r <= in.to {
			return true
		}
	}
	return false
}

// ParseCode reads a one-time code of so many digits, as typed or pasted: spaces, dashes and brackets between them are no
// part of it.
func ParseCode(s string, digits int) (string, error) { return exactDigits(s, digits) }
