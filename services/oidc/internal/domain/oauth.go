// Package domain decides what a partner may request, what a person must do first, and what a token is valid for.
package domain

// OAuthError is a refusal in the words of RFC 6749, OpenID Connect Core and RFC 6750.
type OAuthError struct{ Code, Description string }

// Error is the code and the description.
func (e *OAuthError) Error() string { return e.Code + ": " + e.Description }

// The codes that are used in more than one place.
const (
	InvalidRequest   = "invalid_request"
	InvalidClient    = "invalid_client"
	InvalidGrant     = "invalid_grant"
	InvalidScope     = "invalid_scope"
	InvalidToken     = "invalid_token"
	AccessDenied     = "access_denied"
	LoginRequired    = "login_required"
	ConsentRequired  = "consent_required"
	LevelUnmet       = "unmet_authentication_requirements"
	UnsupportedGrant = "unsupported_grant_type"
	InvalidTarget    = "invalid_target" // RFC 8707
	// UnauthorizedClient: it may not use this kind of grant.
	UnauthorizedClient = "unauthorized_client"
)

// What access_denied means, in words that partners may tell people differently by.
const (
	SignInCancelled = "the person cancelled the sign-in"
	ConsentRefused  = "the person refused consent"
)

// OnDemand describes errors that a client's developers have asked for.
const OnDemand = "as the client's developers have asked"

func refuse(code, description string) *OAuthError {
	return &OAuthError{Code: code, Description: description}
}

// ErrGrant refuses a code or refresh token without giving the exact reason.
func ErrGrant() error {
	return refuse(InvalidGrant, "the code or token is wrong, spent, expired or revoked")
}

// ErrToken refuses an access token.
func ErrToken() error { return refuse(InvalidToken, "the access token is wrong, expired or revoked") }
