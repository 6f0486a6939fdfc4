// Package places says where network addresses are, by a file of the operator's: MaxMind's format, with cities or countries.
package places

import (
	"cmp"
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Finder looks addresses up; a nil one knows no place.
type Finder struct{ db *maxminddb.Reader }

// Open reads a file; without a path there is no finder. The file is mapped into memory until the process ends.
func Open(path string) (*Finder, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // a nil one knows no place
	}
	db, err := maxminddb.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the file of places: %w", err)
	}
	return &Finder{db}, nil
}

// record is what such files say of an address, as far as it is shown.
type record struct {
	City    named `maxminddb:"city"`
	Country named `maxminddb:"country"`
}

type named struct {
	Names map[string]string `maxminddb:"names"`
}

func (n named) in(language string) string { return cmp.Or(n.Names[language], n.Names["en"]) }

// Place is where an address is said to be, in a language if the file has it: "Kazan, Russia". Empty: nobody knows.
func (f *Finder) Place(address, language string) string {
	if f == nil {
		return ""
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	var r record
	if f.db.Lookup(ip.Unmap()).Decode(&r) != nil {
		return ""
	}
	city, country := r.City.in(language), r.Country.in(language)
	if city == "" || country == "" {
		return city + country
	}
	return city + ", " + country
}
