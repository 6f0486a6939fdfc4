package templates_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/propusk-id/propusk/services/internal/support"
)

// gsm7 are the characters of the alphabet that text messages are written in where they can be (3GPP TS 23.038), without
// those that take two places.
const gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
	"abcdefghijklmnopqrstuvwxyzäöñüà"

// smsParts is how many text messages a text is sent and paid as.
func smsParts(text string) int {
	size, one, each := len(utf16.Encode([]rune(text))), 70, 67
	if !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(gsm7, r) }) {
		one, each = 160, 153
	}
	if size <= one {
		return 1
	}
	return (size + each - 1) / each
}

func TestPartsOfAText(t *testing.T) {
	for text, want := range map[string]int{
		strings.Repeat("я", 70): 1, strings.Repeat("я", 71): 2, strings.Repeat("я", 134): 2, strings.Repeat("я", 135): 3,
		strings.Repeat("a", 160): 1, strings.Repeat("a", 161): 2, strings.Repeat("a", 159) + "—": 3,
	} {
		if got := smsParts(text); got != want {
			t.Errorf("%d parts of %q, want %d", got, text, want)
		}
	}
}

// partsOf is how many a template takes at most: those with a link that only its reader may have need more than one.
func partsOf(name string) int {
	if strings.HasSuffix(name, "_cancel") || name == "new_device" {
		return 3
	}
	return 1
}

// Every text message fits into one part, with the longest host that the code's last line has room for.
func TestTextMessagesAreOnePart(t *testing.T) {
	const longestHost = "accounts.region77.ru.ru" // 23 characters
	for _, contacts := range []support.Contacts{{}, desk(), {Email: "support@example-region.ru"}} {
		c := loadAt(t, "https://"+longestHost+":8443", contacts)
		for name, want := range expected() {
			if !slices.Contains(want.parts, "sms") {
				continue
			}
			for _, language := range languages() {
				given := map[string]string{}
				for _, p := range want.params {
					given[p], _ = value(p, language)
				}
				if given["code"] != "" {
					given["code"] = "123456"
				}
				text, err := c.SMS(name, language, given)
				if err != nil {
					t.Fatal(err)
				}
				if got := smsParts(text); got > partsOf(name) {
					t.Errorf("%s in %s: %d parts: %q", name, language, got, text)
				}
				if !strings.Contains(text, map[string]string{"ru": "Пропуск", "en": "Propusk"}[language]) {
					t.Errorf("%s in %s does not say who writes: %q", name, language, text)
				}
			}
		}
	}
}
