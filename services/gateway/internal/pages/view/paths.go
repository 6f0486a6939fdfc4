package view

import "net/url"

// The paths that pages link to. Pages with an id in their path (a sign-up, a verification, an interaction)
// get it from the handler, as Page.Path or as a URL in the model.
const (
	PathHome       = "/"
	PathSignUp     = "/sign-up"
	PathSignIn     = "/sign-in"
	PathSignOut    = "/sign-out"
	PathCabinet    = "/cabinet"
	PathPerson     = "/cabinet/person"
	PathLetter     = "/cabinet/letter"
	PathLetterCode = "/cabinet/letter/code"
	PathHelpLocked = "/help/locked"
	// PathLanguage sets the language and returns: ?lang=en&next=/sign-up.
	PathLanguage = "/language"
	// PathPhone is the sandbox's virtual phone.
	PathPhone = "/phone"
)

// The hidden fields and the button name that all forms share.
const (
	FieldCSRF           = "csrf_token"
	FieldIdempotencyKey = "idempotency_key"
	FieldAction         = "action"
)

// What a form asks for, in the field action; a form without that field has one meaning.
const (
	ActionResend   = "resend"
	ActionGenerate = "generate"
	ActionSave     = "save"
	ActionSubmit   = "submit"
	ActionRestart  = "restart"
	ActionAllow    = "allow"
	ActionDeny     = "deny"
)

func languagePath(lang, next string) string {
	return PathLanguage + "?" + url.Values{"lang": {lang}, "next": {next}}.Encode()
}

// or gives the default for an empty URL.
func or(u, otherwise string) string {
	if u == "" {
		return otherwise
	}
	return u
}
