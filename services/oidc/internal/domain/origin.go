package domain

import (
	"net/url"
	"slices"
	"strings"
)

// Origins are those of the redirect URIs, where a browser application of this client runs.
func (c Client) Origins() []string {
	origins := make([]string, 0, len(c.RedirectURIs))
	for _, r := range c.RedirectURIs {
		if origin := Origin(r); origin != "" {
			origins = append(origins, origin)
		}
	}
	slices.Sort(origins)
	return slices.Compact(origins)
}

// LoopbackHost is the scheme and host of an origin on the machine of the person, without the port: a client that is
// registered for the host runs on any port there.
func LoopbackHost(origin string) (string, bool) {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]", "http://localhost"} {
		port, ok := strings.CutPrefix(origin, host)
		if ok && (port == "" || port[0] == ':' && isPort(port[1:])) {
			return host, true
		}
	}
	return "", false
}

// Origin is the scheme, host and port of a web address; empty: it is none.
func Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !webScheme(u.Scheme) {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func webScheme(scheme string) bool { return scheme == "https" || scheme == "http" }

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}
