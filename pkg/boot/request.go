package boot

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Hosts are the names under which a server may be asked, beside loopback names and plain addresses. A page of another
// site can have its own name lead here (DNS rebinding), and then reads what only who is near should see.
type Hosts []string

// Hosts are those of PUBLIC_URL and INTERNAL_URL, and more.
func (c *Config) Hosts(more ...string) Hosts {
	out := Hosts(more)
	for _, address := range []string{c.PublicURL, c.InternalURL} {
		if u, err := url.Parse(address); err == nil {
			out = append(out, strings.ToLower(u.Hostname()))
		}
	}
	return out
}

// Check refuses a request for another host (HOST_NOT_SERVED). One without a host is no browser's.
func (h Hosts) Check(r *http.Request) error {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if _, err := netip.ParseAddr(host); err == nil || host == "" || IsLoopback(host) || slices.Contains(h, host) {
		return nil
	}
	return errs.New(errorsv1.Reason_HOST_NOT_SERVED, "the host is none of this installation's")
}

// CheckURL refuses a path or query with what no text has (REQUEST_MALFORMED): neither Postgres nor protobuf would take it.
func CheckURL(r *http.Request) error {
	if !isText(r.URL.Path) {
		return malformed("the path is no text")
	}
	return CheckForm(r.URL.RawQuery)
}

// CheckForm is CheckURL for a query or a form, as it is encoded.
func CheckForm(encoded string) error {
	form, err := url.QueryUnescape(encoded)
	if err != nil || !isText(form) {
		return malformed("the query or the form is no text")
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func malformed(why string) error {
	return errs.New(errorsv1.Reason_REQUEST_MALFORMED, why)
}

// guarded refuses requests for other hosts, and what is no text.
func guarded(hosts Hosts, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := hosts.Check(r)
		if err == nil {
			err = CheckURL(r)
		}
		if err != nil {
			errs.WriteProblem(w, r, errs.Refusal(err, nil))
			return
		}
		h.ServeHTTP(w, r)
	})
}
