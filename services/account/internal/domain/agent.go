package domain

import (
	"regexp"
	"strings"
)

// naming is a mark in what a device says of itself, and the words for it.
type naming struct{ mark, words string }

// browsers come in an order in which each is found before those that it claims to be compatible with.
func browsers() []naming {
	return []naming{
		{"YaBrowser/", "Yandex Browser"},
		{"YaApp_", "Yandex"},
		{"EdgA/", "Edge"},
		{"EdgiOS/", "Edge"},
		{"Edg/", "Edge"},
		{"OPR/", "Opera"},
		{"OPT/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Vivaldi/", "Vivaldi"},
		{"MiuiBrowser/", "Mi Browser"},
		{"UCBrowser/", "UC Browser"},
		{"FxiOS/", "Firefox"},
		{"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
}

func systems() []naming {
	return []naming{
		{"Windows", "Windows"},
		{"Android", "Android"},
		{"iPhone", "iOS"},
		{"iPad", "iPadOS"},
		{"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
}

// product is how an app begins that names itself (RFC 9110 §10.1.5), but no name that a mail program takes for an address.
var product = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]{0,39})(/|$)`)

// Words are what the device is, as people say it: "Firefox, Windows". Empty: it does not say. The libraries for it know hundreds of
// devices and bots, and not Russia's second browser; two words need a dozen marks.
func (s Seen) Words() string {
	name := find(browsers(), s.Agent)
	if p := product.FindStringSubmatch(s.Agent); name == "" && p != nil && p[1] != "Mozilla" {
		name = p[1]
	}
	system := find(systems(), s.Agent)
	if name == "" || system == "" {
		return name + system
	}
	return name + ", " + system
}

func find(list []naming, text string) string {
	for _, n := range list {
		if strings.Contains(text, n.mark) {
			return n.words
		}
	}
	return ""
}
