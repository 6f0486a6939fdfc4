package rpc

import "net/netip"

// Network is what counts as one device's address where something is counted: a single IPv4, or the /64 that an IPv6
// subscriber has, any address of which the subscriber may use.
func (r Request) Network() string {
	addr, err := netip.ParseAddr(r.ClientIP)
	if err != nil {
		return r.ClientIP
	}
	if addr = addr.Unmap(); addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return r.ClientIP
	}
	return prefix.String()
}
