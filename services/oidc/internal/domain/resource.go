package domain

import "net/url"

// badResource says whether it is no resource indicator: an absolute URI without a fragment (RFC 8707 §2).
func badResource(s string) bool {
	u, err := url.Parse(s)
	return err != nil || !u.IsAbs() || (u.Host == "" && u.Opaque == "") || u.User != nil || unsafeText(s)
}
