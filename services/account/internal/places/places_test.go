package places_test

import (
	"path/filepath"
	"testing"

	"github.com/propusk-id/propusk/services/account/internal/places"
)

// testdata/places.mmdb has the addresses of RFC 5737 and RFC 3849.
func TestPlaces(t *testing.T) {
	f, err := places.Open(filepath.Join("testdata", "places.mmdb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ address, language, want string }{
		{"192.0.2.7", "ru", "Казань, Россия"},
		{"192.0.2.7", "en", "Kazan, Russia"},
		{"::ffff:192.0.2.7", "en", "Kazan, Russia"},
		{"198.51.100.7", "ru", "Россия"},
		{"203.0.113.7", "ru", "Springfield, США"},
		{"2001:db8::1", "ru", "Омск"},
		{"127.0.0.1", "ru", ""},
		{"nowhere", "ru", ""},
		{"", "ru", ""},
	} {
		if got := f.Place(c.address, c.language); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.address, c.language, got, c.want)
		}
	}
}

func TestWithoutAFileNoPlaceIsKnown(t *testing.T) {
	f, err := places.Open("")
	if err != nil || f.Place("192.0.2.7", "ru") != "" {
		t.Errorf("%v", err)
	}
	for _, path := range []string{filepath.Join("testdata", "none.mmdb"), "places_test.go"} {
		if _, err := places.Open(path); err == nil {
			t.Errorf("%s is a file of places", path)
		}
	}
}
