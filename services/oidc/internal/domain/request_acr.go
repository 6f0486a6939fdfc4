package domain

import (
	"net/url"
	"slices"
	"strings"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// readLevel reads acr_values: a wish, whose fulfilment the `acr` of the ID token tells (OpenID Connect Core §5.5.1.1), unless the
// client's policy makes it essential.
func readLevel(r *Request, c Client, p url.Values) *OAuthError {
	if l := lowest(strings.Fields(p.Get("acr_values"))); c.Policy.EssentialACR && l > r.Level {
		r.Level = l
	}
	return nil
}

// lowest is the lowest of the levels that are named: any of them is accepted, and a higher one includes it. Unknown values are
// ignored; zero: there are only such.
func lowest(acrs []string) (level accountv1.Level) {
	for _, acr := range acrs {
		l, ok := levelOf(acr)
		if ok && (level == 0 || l < level) {
			level = l
		}
	}
	return level
}

// readPolicy adds what the client wants of everybody. What no way of confirmation of this installation gives, nobody can reach.
func readPolicy(r *Request, c Client, _ url.Values) *OAuthError {
	r.Level = max(r.Level, c.Policy.LowestLevel)
	methods := c.Policy.ConfirmationMethods
	offered := slices.ContainsFunc(OfferedMethods(), func(m string) bool { return slices.Contains(methods, m) })
	if r.Level == accountv1.Level_CONFIRMED && len(methods) > 0 && !offered {
		return refuse(LevelUnmet, "the client accepts none of the ways of confirmation that there are here")
	}
	return nil
}
