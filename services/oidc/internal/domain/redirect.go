package domain

import (
	"net/url"
	"slices"
	"strings"
)

// AllowsRedirect says whether an answer may go to the address.
func (c Client) AllowsRedirect(presented string) bool { return c.allows(c.RedirectURIs, presented) }

// AllowsLogoutRedirect says whether the browser may go to the address after signing out.
func (c Client) AllowsLogoutRedirect(presented string) bool {
	return c.allows(c.PostLogoutRedirectURIs, presented)
}

// allows compares an address with the registered ones octet by octet (RFC 9700 §2.1). A public client's loopback address
// registered without a port allows any port, for an application that listens on a free one (RFC 8252 §7.3).
func (c Client) allows(registered []string, presented string) bool {
	if slices.Contains(registered, presented) {
		return true
	}
	return c.Public() && slices.ContainsFunc(registered, func(r string) bool { return sameButPort(r, presented) })
}

// sameButPort compares texts, not parsed addresses: two parsers could disagree on what they mean.
func sameButPort(registered, presented string) bool {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		path, ok := strings.CutPrefix(registered, host)
		rest, also := strings.CutPrefix(presented, host)
		if !ok || !also || !strings.HasPrefix(path, "/") {
			continue
		}
		port, found := strings.CutPrefix(rest, ":")
		end := strings.IndexByte(port, '/')
		return found && end >= 0 && isPort(port[:end]) && port[end:] == path
	}
	return false
}

func isPort(s string) bool {
	return len(s) > 0 && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

// WithParams adds parameters to an address that may have some.
func WithParams(address string, params url.Values) string {
	if len(params) == 0 {
		return address
	}
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + params.Encode()
}
