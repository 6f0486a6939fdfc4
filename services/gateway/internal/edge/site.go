package edge

import (
	"errors"
	"net/url"
	"strings"
)

// Site is the origin of a front end, as browsers write it: https://app.example.ru. They are compared character by character.
type Site string

// UnmarshalText refuses what no browser ever sends, and null, which sandboxed frames of any site send.
func (s *Site) UnmarshalText(text []byte) error {
	given := string(text)
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || given != u.Scheme+"://"+strings.ToLower(u.Host) {
		return errors.New("an origin is a scheme and a host, such as https://app.example.ru: no path, no slash at the end")
	}
	*s = Site(given)
	return nil
}
