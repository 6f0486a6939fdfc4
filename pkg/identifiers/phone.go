package identifiers

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Phone is a mobile phone's number in E.164: "+79001234567".
type Phone string

// homeRegion is the country meant when a number has no country code.
const homeRegion = "RU"

// ParsePhone reads a mobile number of any country; "8 (900) 123-45-67" and "9001234567" are Russian. What
// is a possible and a mobile number of each country comes from Google's libphonenumber.
func ParsePhone(s string) (Phone, error) {
	s = strings.TrimSpace(Typed(s))
	if s == "" {
		return "", problem(required)
	}
	if strings.ContainsFunc(s, notDialled) {
		return "", problem(malformed)
	}
	n, err := phonenumbers.Parse(s, homeRegion)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", problem(malformed)
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return Phone(phonenumbers.Format(n, phonenumbers.E164)), nil
	default:
		return "", problem(notMobile)
	}
}

// ParsePhoneOf is [ParsePhone] for numbers of the countries with these dialled codes: attackers earn money by having messages
// sent to others.
func ParsePhoneOf(countries []int, s string) (Phone, error) {
	phone, err := ParsePhone(s)
	if err == nil && !slices.Contains(countries, phone.Country()) {
		return "", problem(otherCountry)
	}
	return phone, err
}

// notDialled finds letters (vanity numbers, extensions) and foreign digits, which the library would read.
func notDialled(r rune) bool {
	return !unicode.IsSpace(r) && !strings.ContainsRune("0123456789+()."+dashes, r)
}

// Country is the dialled country code: 7 for Russia and Kazakhstan.
func (p Phone) Country() int {
	n, err := phonenumbers.Parse(string(p), homeRegion)
	if err != nil {
		return 0
	}
	return int(n.GetCountryCode())
}

// Format is "+7 900 123-45-67", grouped as its country does.
func (p Phone) Format() string {
	n, err := phonenumbers.Parse(string(p), homeRegion)
	if err != nil {
		return string(p)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// Masked is "+7 900 ***-**-67": country, three digits, and the last two.
func (p Phone) Masked() string {
	return starred(p.Format(), len(strconv.Itoa(p.Country()))+3, 2)
}

// LogValue keeps the number out of logs.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.Masked()) }
