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

// allows compares an address with the registered ones octet by octet (RFC 9700 §2.1). On a loopback address that a public client
// registers without a port any port will do, for an application that listens on a free one (RFC 8252 §7.3).
func (c Client) allows(registered []string, presented string) bool {
	if slices.Contains(registered, presented) {
		return true
	}
	return c.Public() && slices.ContainsFunc(registered, func(r string) bool { return c.sameButPort(r, presented) })
}

// sameButPort compares texts, not parsed addresses: two parsers could disagree on what they mean.
func (c Client) sameButPort(registered, presented string) bool {
	hosts := []string{"http://127.0.0.1", "http://[::1]"}
	if c.LocalhostRedirects {
		hosts = append(hosts, "http://localhost")
	}
	for _, host := range hosts {
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

// maxURI bounds an address that is registered.
const maxURI = 2000

// unsafeRedirect says whether an answer must not go to an address: it is neither a web address nor one of an application's own
// scheme, or parsers read it differently.
func (c Client) unsafeRedirect(s string) bool {
	if u, err := url.Parse(s); err == nil && privateScheme(u.Scheme) {
		return !c.Public() || unsafeText(s) || u.User != nil || u.Opaque+u.Host+u.Path == ""
	}
	return c.unsafeWeb(s)
}

// unsafeWeb says whether it is no web address that answers or browsers may be sent to. What a public client is sent is protected by
// nothing but the way there: by TLS, or by not leaving the machine.
func (c Client) unsafeWeb(s string) bool {
	if unsafeURI(s) {
		return true
	}
	u, err := url.Parse(s)
	return err != nil || u.Scheme == "http" && c.Public() && !loopback(u.Hostname())
}

// privateScheme says whether it is a scheme of an application's own: the reversed name of a domain, so it has a dot (RFC 8252 §7.1).
// Schemes without one belong to everybody, and some, such as javascript, do harm.
func privateScheme(scheme string) bool {
	first, rest, ok := strings.Cut(scheme, ".")
	return ok && first != "" && rest != "" && !strings.HasSuffix(scheme, ".") && !strings.Contains(scheme, "..")
}

// unsafeURI says whether it is not an absolute web address, or one that parsers read differently.
func unsafeURI(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !webScheme(u.Scheme) || unsafeText(s) || u.Host == "" || u.User != nil {
		return true
	}
	return u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || u.Port() != "" && !isPort(u.Port())
}

// unsafeText: hosts are written in ASCII as they are looked up (RFC 5890), and so is the rest, percent-encoded.
func unsafeText(s string) bool {
	return len(s) > maxURI || strings.ContainsAny(s, "#*\\\"<>^`{|}") ||
		strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
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
