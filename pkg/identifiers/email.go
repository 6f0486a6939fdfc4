package identifiers

import (
	"log/slog"
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/propusk-id/propusk/pkg/errs"
)

// Email is one address: the local part as typed, the domain in lower-case ASCII.
type Email string

// The longest local part and whole address, in octets (RFC 5321, 4.5.3.1 and its erratum 1690).
const (
	maxLocal = 64
	// MaxEmail is the longest whole address.
	MaxEmail = 254
)

// ParseEmail reads one bare address (RFC 5322 dot-atom): no display name, comment, quoted or non-ASCII
// local part, nor an address literal. A domain in national letters becomes its IDNA form.
func ParseEmail(s string) (Email, error) {
	s = strings.TrimSpace(Typed(s))
	at := strings.LastIndexByte(s, '@')
	switch {
	case s == "":
		return "", problem(required)
	case len(s) > MaxEmail:
		return "", longerThan(MaxEmail)
	case at > maxLocal:
		return "", errs.Problem{Reason: localPart, Max: maxLocal}
	case at > 0 && foreignLetters(s[:at]):
		return "", problem(localPart)
	case at < 1 || !isASCII(s[:at]):
		return "", problem(malformed)
	}
	domain, err := asciiDomain(s[at+1:])
	if err != nil {
		return "", problem(malformed)
	}
	address := s[:at] + "@" + domain
	if len(address) > MaxEmail {
		return "", longerThan(MaxEmail)
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address {
		return "", problem(malformed)
	}
	return Email(address), nil
}

// asciiDomain is the domain as DNS knows it; a name without a dot is no mail domain.
func asciiDomain(domain string) (string, error) {
	strict := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))
	ascii, err := strict.ToASCII(domain)
	if err != nil {
		return "", err
	}
	dot := strings.LastIndexByte(ascii, '.')
	if dot < 0 || strings.Trim(ascii[dot:], ".0123456789") == "" {
		return "", problem(malformed)
	}
	return ascii, nil
}

// foreignLetters finds a local part that is well-formed but for its alphabet, such as "анна": an address that some
// providers give out and few servers can write to.
func foreignLetters(local string) bool {
	return !isASCII(local) && !strings.ContainsFunc(local, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_+", r)
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// Key is the whole address in lower case: what is unique, since no provider distinguishes Ivan from ivan.
func (e Email) Key() string { return strings.ToLower(string(e)) }

// Format is the address with its domain in national letters, or in ASCII when they are of more than one alphabet: of
// "apple.com" with a Cyrillic "а", or all in Cyrillic letters but for ".com", nobody sees that it is another.
func (e Email) Format() string {
	local, domain := e.split()
	shown, err := idna.Display.ToUnicode(domain)
	if err != nil || !oneScript(shown) {
		return string(e)
	}
	return local + "@" + shown
}

// oneScript says whether all letters are of the same writing system.
func oneScript(s string) bool {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
	for _, script := range unicode.Scripts {
		if !strings.ContainsFunc(letters, func(r rune) bool { return !unicode.Is(script, r) }) {
			return true
		}
	}
	return false
}

// Masked is "i***v@example.ru"; of a local part under three characters less is shown.
func (e Email) Masked() string {
	local, domain := Email(e.Format()).split()
	switch n := len(local); {
	case n >= 3:
		return local[:1] + "***" + local[n-1:] + "@" + domain
	case n == 2:
		return local[:1] + "***@" + domain
	}
	return "***@" + domain
}

// LogValue keeps the address out of logs.
func (e Email) LogValue() slog.Value { return slog.StringValue(e.Masked()) }

func (e Email) split() (local, domain string) {
	at := strings.LastIndexByte(string(e), '@')
	if at < 0 {
		return "", string(e)
	}
	return string(e[:at]), string(e[at+1:])
}
