package identifiers

import "fmt"

// Patterns are regular expressions that ECMA-262 and Go read alike, for programs that look at a value before they send it.
// What matches is well formed here; beside it some things are taken that only people type, such as other dashes.

// DatePattern is that of a day as [ParseDate] reads it.
const DatePattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`

// LetterCodePattern is that of the code in a confirmation's letter, L and ten characters of Crockford's base 32, as it is typed
// in Latin letters: in any case, with spaces and hyphens anywhere, and with what is easily taken for another character.
const LetterCodePattern = `^[ \-]*[LlIi1][ \-]*(?:[0-9A-TV-Za-tv-z][ \-]*){10}$`

// DigitsPattern is that of a number of n digits, which spaces and hyphens may part.
func DigitsPattern(n int) string { return fmt.Sprintf(`^[ \-]*(?:[0-9][ \-]*){%d}$`, n) }
