// Package outbound sends requests to addresses that others have registered. A request that this service sends comes from inside the
// installation, so it must not reach what only the inside may reach (server-side request forgery).
package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The bounds of a request: who does not answer soon holds nothing up.
const (
	timeout     = 5 * time.Second
	dialTimeout = 3 * time.Second
	maxAnswer   = 64 << 10
)

// Client sends forms.
type Client struct {
	http    *http.Client
	allowed []netip.Prefix
}

// ErrForbidden says that an address is none that requests are sent to.
var ErrForbidden = errors.New("outbound: the address is not a public one")

// New is a client that reaches public addresses by https, and, by either scheme, those that the operator allows: networks
// ("10.1.0.0/16") and single addresses ("127.0.0.1").
func New(allow []string) (*Client, error) {
	c := &Client{}
	for _, text := range allow {
		prefix, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("outbound: %q is neither an address nor a network: %w", text, err)
		}
		c.allowed = append(c.allowed, prefix)
	}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: c.control}
	c.http = &http.Client{
		Timeout: timeout,
		// No proxy: it would look the name up itself, and connect where this must not.
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialTimeout, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
			ResponseHeaderTimeout: timeout, MaxResponseHeaderBytes: maxAnswer, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func parse(text string) (netip.Prefix, error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text)
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(address, address.BitLen()), nil
}

// control sees the address that is really connected to, after the name was looked up: no answer of a name server gets past it.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	host, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrForbidden
	}
	ip := host.Addr().Unmap()
	if c.isAllowed(ip) || public(ip) {
		return nil
	}
	return ErrForbidden
}

func (c *Client) isAllowed(ip netip.Addr) bool {
	return slices.ContainsFunc(c.allowed, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// public says whether an address is of the internet: not of this machine, this network, a provider's inside, or for special use
// (RFC 6890), nor one in which IPv6 wraps such an IPv4 address.
func public(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(ip) })
}

func special() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

// PostForm sends a form and gives the status of the answer, whose body nobody reads. By http it goes only where the operator has
// allowed the very address.
func (c *Client) PostForm(ctx context.Context, address string, form url.Values) (int, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return 0, ErrForbidden
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !c.mayBePlain(ctx, u.Hostname())) {
		return 0, ErrForbidden
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader([]byte(form.Encode())))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "propusk")
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // so that the connection can be used again
	return answer.StatusCode, nil
}

// mayBePlain says whether all addresses of a host are allowed ones; which one is connected to is checked again then.
func (c *Client) mayBePlain(ctx context.Context, host string) bool {
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && len(addresses) > 0 && !slices.ContainsFunc(addresses, func(a netip.Addr) bool { return !c.isAllowed(a.Unmap()) })
}
