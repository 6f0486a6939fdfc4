package domain

import (
	"net/url"
	"slices"
)

// badResource says whether it is no resource indicator: an absolute URI without a fragment (RFC 8707 §2).
func badResource(s string) bool {
	u, err := url.Parse(s)
	return err != nil || !u.IsAbs() || (u.Host == "" && u.Opaque == "") || u.User != nil || unsafeText(s)
}

// maxResources bounds what one request asks for.
const maxResources = 10

// readResources reads what the access token is to be for: resources that the client was registered for (RFC 8707 §2.1).
func readResources(r *Request, c Client, p url.Values) *OAuthError {
	var refusal *OAuthError
	r.Resources, refusal = c.Resources(p["resource"])
	return refusal
}

// Resources checks which resources a client asks for.
func (c Client) Resources(asked []string) ([]string, *OAuthError) {
	if len(asked) > maxResources {
		return nil, refuse(InvalidTarget, "more than 10 resources are asked for")
	}
	if !subset(asked, c.Audiences) {
		return nil, refuse(InvalidTarget, "a resource is not one of the client's audiences")
	}
	out := slices.Clone(asked)
	slices.Sort(out)
	return slices.Compact(out), nil
}
