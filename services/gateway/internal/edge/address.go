package edge

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses whose X-Forwarded-For or Forwarded is believed.
type Proxies []netip.Prefix

// ClientIP is the address of the person's device: the last one that a trusted proxy names and that is not a trusted
// proxy's itself, when the connection comes from one. X-Forwarded-For counts where it is there, since proxies that write
// it hand on a Forwarded of the caller's as it came; else Forwarded (RFC 7239).
func (p Proxies) ClientIP(r *http.Request) string {
	connection, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	device := plain(connection.Addr())
	hops := forwarded(r.Header)
	for i := len(hops) - 1; i >= 0 && p.trusted(device); i-- {
		hop, ok := node(hops[i])
		if !ok {
			break // unknown, obfuscated or nonsense: who stands behind it cannot be told
		}
		device = hop
	}
	return device.String()
}

func (p Proxies) trusted(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}

// forwarded are the hops that the headers name, the nearest last. Some proxies add a header of their own behind the
// caller's in place of adding to it.
func forwarded(h http.Header) []string {
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		return strings.Split(strings.Join(lines, ","), ",")
	}
	var hops []string
	for _, line := range h.Values("Forwarded") {
		hops = append(hops, forwardedFor(line)...)
	}
	return hops
}

// node is a hop's address (RFC 7239 §6), without its port and brackets.
func node(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if hop, err := netip.ParseAddrPort(s); err == nil {
		return plain(hop.Addr()), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if s, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(s)
	return plain(addr), err == nil
}

// plain is an address in the one form that it is compared in.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }
