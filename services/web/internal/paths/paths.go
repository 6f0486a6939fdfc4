// Package paths is where pages are and which way a browser may be sent.
package paths

import (
	"net/url"
	"strings"
)

// The paths that pages link to.
const (
	Home     = "/"
	Services = "/services"
	SignUp   = "/sign-up"
	SignedUp = "/signed-up"
	SignIn   = "/sign-in"
	// SignInStep is the page of what a sign-in still needs, SignInPasskey begins one by a passkey alone, and
	// ReauthenticatePasskey has a passkey prove again whose the session is.
	SignInStep            = "/sign-in/step"
	SignInPasskey         = "/sign-in/passkey"
	ReauthenticatePasskey = "/reauthenticate/passkey"
	SignOut               = "/sign-out"
	SignedOut             = "/signed-out"
	Reauthenticate        = "/reauthenticate"
	Cabinet               = "/cabinet"
	// Data is everything that is known about the person.
	Data          = "/cabinet/data"
	Notifications = "/cabinet/notifications"
	// Security is what opens the account.
	Security       = "/cabinet/security"
	ContactNew     = "/cabinet/security/contact"
	PasswordChange = "/cabinet/security/password"
	// Factors are the second ways to sign in; the pages below add one of a kind.
	Factors       = "/cabinet/security/factors"
	FactorApp     = "/cabinet/security/factors/app"
	FactorSMS     = "/cabinet/security/factors/sms"
	FactorPasskey = "/cabinet/security/factors/passkey"
	BackupCodes   = "/cabinet/security/factors/codes"
	// Devices is where the person is signed in, Settings what the person has set.
	Devices  = "/cabinet/security/devices"
	Settings = "/cabinet/security/settings"
	// Avatar is where the account's picture is chosen, AvatarImage the picture.
	Avatar      = "/cabinet/security/avatar"
	AvatarImage = "/cabinet/security/avatar/image"
	// Sites is what partners' sites get of the person's data.
	Sites = "/cabinet/sites"
	// NotMe is where the links lead that disown a sign-in.
	NotMe = "/not-me"
	// ContactCancel is where the links lead that stop a change of a contact, ContactClaim is for who has a contact of
	// somebody else's account now.
	ContactCancel    = "/contacts/cancel"
	ContactClaim     = "/contacts/claim"
	ContactClaimCode = "/contacts/claim/code"
	ContactClaimWait = "/contacts/claim/wait"
	// Recover is the way back for who cannot sign in; RecoverCancel is where the links lead that stop it.
	Recover         = "/recover"
	RecoverStep     = "/recover/step"
	RecoverPassword = "/recover/password"
	RecoverWait     = "/recover/wait"
	RecoverCancel   = "/recover/cancel"
	RecoverLost     = "/recover/lost"
	Recovered       = "/recover/done"
	ControlQuestion = "/cabinet/security/question"
	// Trusted is whom the person trusts, and who trusts the person.
	Trusted = "/cabinet/security/trusted"
	Person  = "/cabinet/person"
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

// PasswordAsked is the page that changes the password once the trusted contact has been asked.
const PasswordAsked = PasswordChange + "?asked=1"

// An interaction's page with ?account=other has another account sign in.
const accountQuery, accountOther = "account", "other"

// Verification is the page of a check against the registries.
func Verification(id string) string { return Cabinet + "/verification/" + url.PathEscape(id) }

// Device is the page of a device.
func Device(id string) string { return Devices + "/" + url.PathEscape(id) }

// SiteWithdraw is the page that takes back what the person has agreed to for a site.
func SiteWithdraw(clientID string) string {
	return Sites + "/" + url.PathEscape(clientID) + "/withdraw"
}

// Contact is the page of a contact on its way into the account.
func Contact(id string) string { return Security + "/contacts/" + url.PathEscape(id) }

// ContactRemove is the page that removes a contact.
func ContactRemove(id string) string { return Contact(id) + "/remove" }

// Factor is the page of a second way to sign in.
func Factor(id string) string { return Factors + "/" + url.PathEscape(id) }

// FactorRemove is the page that removes a second way to sign in.
func FactorRemove(id string) string { return Factor(id) + "/remove" }

// AddContact is the page that adds a contact of a kind, PHONE or EMAIL; value, if there is one, is filled in.
func AddContact(kind, value string) string {
	q := url.Values{"kind": {kind}}
	if value != "" {
		q.Set("value", value)
	}
	return ContactNew + "?" + q.Encode()
}

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

// Step is the page of a sign-in under way.
func Step(flow string) string { return SignInStep + "?" + url.Values{"flow": {flow}}.Encode() }

// StepBy is the page of one kind of step of a sign-in under way.
func StepBy(flow, kind string) string {
	return SignInStep + "?" + url.Values{"flow": {flow}, "way": {kind}}.Encode()
}

// RecoverBy is the page of one step of a recovery.
func RecoverBy(step string) string { return RecoverStep + "?" + url.Values{"step": {step}}.Encode() }

// startedAgain marks the page that somebody is sent to whose sign-in has run out.
const startedAgain = "again"

// StartAgain is a page where a sign-in begins, for somebody whose last one was not finished in time.
func StartAgain(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return SignIn
	}
	q := u.Query()
	q.Set(startedAgain, "1")
	u.RawQuery = q.Encode()
	return u.String()
}

// IsStartedAgain says whether the page is for somebody whose last sign-in was not finished in time.
func IsStartedAgain(u *url.URL) bool { return u.Query().Has(startedAgain) }

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
