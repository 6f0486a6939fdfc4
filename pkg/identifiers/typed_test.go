package identifiers_test

import (
	"testing"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// unseen are the characters that come with what is pasted: format characters, and spaces that no keyboard has.
var unseen = []rune{
	0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202C, 0x202E, 0x2060, 0x2064, 0x2066, 0x2069, 0xFEFF,
	0x00A0, 0x2000, 0x2007, 0x2009, 0x200A, 0x202F, 0x205F, 0x3000,
}

// Whatever is read by its characters reads the same with unseen ones before, within and behind.
func TestUnseenCharactersAreDropped(t *testing.T) {
	reads := map[string]func(string) (string, error){
		"phone": func(s string) (string, error) { v, err := identifiers.ParsePhone(s); return string(v), err },
		"email": func(s string) (string, error) { v, err := identifiers.ParseEmail(s); return string(v), err },
		"SNILS": func(s string) (string, error) { v, err := identifiers.ParseSNILS(s); return string(v), err },
		"login": func(s string) (string, error) { v, err := identifiers.ParseLogin(s); return v.Value, err },
		"code":  func(s string) (string, error) { return identifiers.ParseCode(s, 6) },
	}
	for what, typed := range map[string][2]string{
		"phone": {"+7900", "1234567"}, "email": {"anna@exa", "mple.ru"}, "SNILS": {"112233", "44595"},
		"login": {"8 900 12", "3-45-67"}, "code": {"123", "456"},
	} {
		want, err := reads[what](typed[0] + typed[1])
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, r := range unseen {
			u := string(r)
			if got, err := reads[what](u + typed[0] + u + typed[1] + u); got != want || err != nil {
				t.Errorf("%s with U+%04X: %q, %v, want %q", what, r, got, err, want)
			}
		}
	}
}

// A SNILS is told from a phone by its groups, whatever stands between them.
func TestGroupsOfALoginMayBeThin(t *testing.T) {
	for _, between := range []string{" ", "\u00a0", "\u2009", "\u202f", "-", "\u200b-"} {
		got, err := identifiers.ParseLogin("892" + between + "345" + between + "678" + between + "54")
		if err != nil || got.Kind != identifiers.LoginSNILS {
			t.Errorf("%+q: %v, %v", between, got, err)
		}
	}
}

func TestMalformedCodes(t *testing.T) {
	for _, s := range []string{"12", "abcdef", "1234567", "12345６", "12345a", "1234.56"} {
		if got, err := identifiers.ParseCode(s, 6); err == nil {
			t.Errorf("%q is read as %q", s, got)
		}
	}
	if got, err := identifiers.ParseCode(" 123-456 ", 6); got != "123456" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
