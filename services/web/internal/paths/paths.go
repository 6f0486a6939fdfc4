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
	// Data is everything that is known about the person.
	Data          = "/cabinet/data"
	Notifications = "/cabinet/notifications"
	Person        = "/cabinet/person"
	// PersonForeign says what is possible without a Russian passport.
	PersonForeign = "/cabinet/person/foreign"
	Letter        = "/cabinet/letter"
	LetterAddress = "/cabinet/letter/address"
	LetterCheck   = "/cabinet/letter/check"
	LetterCode    = "/cabinet/letter/code"
	Confirmed     = "/cabinet/confirmed"
	Help          = "/help"
	HelpLocked    = "/help/locked"
	// Language sets the language and returns: ?lang=en&next=/sign-up.
	Language = "/language"
	// Onward leaves for a path that may lead on to a partner: ?next=/interactions/7.
	Onward = "/onward"
	// Docs is the REST API's description, which the gateway renders.
	Docs = "/docs"
	// Phone is the sandbox's virtual phone, People the list of its test people.
	Phone  = "/phone"
	People = "/phone/people"

	// Interactions begins the pages of partners' sign-ins.
	Interactions = "/interactions/"
	// Partners is the page of the partners whose requests wait for the person's level.
	Partners = "/partners"
)

// An interaction's page with ?account=other has another account sign in.
const accountQuery, accountOther = "account", "other"

// Verification is the page of a check against the registries.
func Verification(id string) string { return Cabinet + "/verification/" + url.PathEscape(id) }

// HelpTopic is the page of one topic of help.
func HelpTopic(topic string) string { return Help + "/" + topic }

// PersonStep is a page of the person's data.
func PersonStep(step string) string { return Person + "/" + step }

// Interaction is the page of a partner's sign-in.
func Interaction(id string) string { return Interactions + url.PathEscape(id) }

// OtherAccount is the page of a partner's sign-in where another account signs in.
func OtherAccount(id string) string {
	return Interaction(id) + "?" + url.Values{accountQuery: {accountOther}}.Encode()
}

// IsOtherAccount says whether another account is to sign in on an interaction's page.
func IsOtherAccount(u *url.URL) bool { return u.Query().Get(accountQuery) == accountOther }

// InteractionOf is the partner's sign-in that an address belongs to; "": none.
func InteractionOf(u *url.URL) string {
	if id, ok := strings.CutPrefix(u.Path, Interactions); ok {
		return id
	}
	return u.Query().Get("interaction")
}

// HeldRequest is the page of a request that waits for the person's level.
func HeldRequest(id string) string { return Partners + "/" + url.PathEscape(id) }

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
