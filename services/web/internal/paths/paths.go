// Package paths is where pages are and which way a browser may be sent.
package paths

import (
	"net/url"
	"strings"
)

// The paths that pages link to.
const (
	Home           = "/"
	Services       = "/services"
	SignUp         = "/sign-up"
	SignedUp       = "/signed-up"
	SignIn         = "/sign-in"
	SignOut        = "/sign-out"
	SignedOut      = "/signed-out"
	Reauthenticate = "/reauthenticate"
	Cabinet        = "/cabinet"
	Person         = "/cabinet/person"
	Letter         = "/cabinet/letter"
	LetterCode     = "/cabinet/letter/code"
	Confirmed      = "/cabinet/confirmed"
	HelpLocked     = "/help/locked"
	// Language sets the language and returns: ?lang=en&next=/sign-up.
	Language = "/language"
	// Onward leaves for a path that may lead on to a partner: ?next=/interactions/7.
	Onward = "/onward"
	// Phone is the sandbox's virtual phone.
	Phone = "/phone"

	// Interactions begins the pages of partners' sign-ins.
	Interactions = "/interactions/"
)

// Verification is the page of a check against the registries.
func Verification(id string) string { return Cabinet + "/verification/" + url.PathEscape(id) }

// Interaction is the page of a partner's sign-in.
func Interaction(id string) string { return Interactions + url.PathEscape(id) }

// WithInteraction keeps the partner's sign-in on a path; an empty id: there is none.
func WithInteraction(path, id string) string {
	if id == "" {
		return path
	}
	return path + "?" + url.Values{"interaction": {id}}.Encode()
}

// WithNext has a page lead on to another.
func WithNext(path, next string) string { return path + "?" + url.Values{"next": {next}}.Encode() }

// SwitchLanguage sets the language and returns to next.
func SwitchLanguage(lang, next string) string {
	return Language + "?" + url.Values{"lang": {lang}, "next": {next}}.Encode()
}

// MayLeave says whether a path may lead on to a partner, by redirects.
func MayLeave(path string) bool {
	return strings.HasPrefix(path, Interactions) || strings.HasPrefix(path, "/oauth2/")
}

// Own is where a page may send the browser on: a path of this installation, else the given one.
func Own(next, otherwise string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return otherwise
	}
	return next
}
