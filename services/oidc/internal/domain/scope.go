package domain

import (
	"slices"
	"strings"
)

// The scopes, in the order in which they are shown to people.
const (
	OpenID  = "openid"
	Profile = "profile"
	Email   = "email"
	Phone   = "phone"
	Address = "address"
	SNILS   = "snils"
	IDDoc   = "id_doc"
	Offline = "offline_access"
)

// Scopes are all known scopes.
func Scopes() []string {
	return []string{OpenID, Profile, Email, Phone, Address, SNILS, IDDoc, Offline}
}

// parseScopes returns the known scopes of a request, each once, in the order of [Scopes]; others are ignored
// (OpenID Connect Core §3.1.2.1).
func parseScopes(s string) []string {
	return inOrder(strings.Fields(s))
}

// inOrder are the known ones, each once, in the order of [Scopes].
func inOrder(asked []string) []string {
	return slices.DeleteFunc(Scopes(), func(scope string) bool { return !slices.Contains(asked, scope) })
}

// subset says whether all of a are in b.
func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// Narrow returns the scopes of a refreshed access token: the requested ones, which must be granted; all if none are
// requested.
func Narrow(granted []string, asked string) ([]string, error) {
	if asked == "" {
		return granted, nil
	}
	wanted := strings.Fields(asked)
	if !subset(wanted, granted) {
		return nil, refuse(InvalidScope, "a scope was not granted")
	}
	return parseScopes(asked), nil
}

// StillAllowed are those of the granted scopes that the client may have now: its settings may have changed since.
func (c Client) StillAllowed(granted []string) []string {
	return slices.DeleteFunc(slices.Clone(granted), func(s string) bool { return !slices.Contains(c.Scopes, s) })
}
