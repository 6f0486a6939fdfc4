package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// hidden is what every secret looks like when shown.
const hidden = "***"

// String is a text that must not be shown: printing, logging and marshalling it give ***. The zero String
// is empty.
type String struct {
	// A pointer, because fmt prints the unexported fields of a surrounding struct without asking their
	// methods; of a pointer it prints the address.
	text *string
}

// New hides a text.
func New(text string) String { return String{text: &text} }

// Reveal is the text itself, for the one place that needs it.
func (s String) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero says whether the secret is empty.
func (s String) IsZero() bool { return s.Reveal() == "" }

// Equal compares in a time that does not depend on the contents.
func (s String) Equal(other String) bool { return Equal([]byte(s.Reveal()), []byte(other.Reveal())) }

// String is ***.
func (String) String() string { return hidden }

// GoString is ***.
func (String) GoString() string { return hidden }

// Format writes *** for every verb.
func (String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue is ***.
func (String) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON is "***".
func (String) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText is ***.
func (String) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes the text as it is, so that configuration can be read into a String.
func (s *String) UnmarshalText(text []byte) error {
	*s = New(string(text))
	return nil
}

// Equal compares two secrets, hashes or codes in a time that depends on their lengths only.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
