package domain

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	challengeLength = 43 // base64url of 32 bytes
	minVerifier     = 43
	maxVerifier     = 128
	unreserved      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// withoutChallenge says whether the client may do without a challenge, and what its setting wants else.
func (c Client) withoutChallenge(nonce string) *OAuthError {
	switch {
	case c.PKCE == PKCEOff, c.PKCE == PKCEOptional && nonce != "":
		return nil
	case c.PKCE == PKCEOptional:
		return refuse(InvalidRequest, "code_challenge and nonce are missing: by its setting pkce=OPTIONAL the client has to send one of them")
	case c.Public():
		return refuse(InvalidRequest, "code_challenge is missing: public clients always need PKCE")
	}
	return refuse(InvalidRequest, "code_challenge is missing: PKCE is required by the client's setting pkce=REQUIRED")
}

// checkChallenge requires a challenge that is sent to be one by S256 (RFC 7636 §4.3).
func checkChallenge(challenge, method string) *OAuthError {
	switch {
	case challenge == "":
		return refuse(InvalidRequest, "code_challenge is missing although code_challenge_method is there")
	case method != "S256":
		return refuse(InvalidRequest, "code_challenge_method must be S256")
	case len(challenge) != challengeLength || strings.Trim(challenge, unreserved) != "":
		return refuse(InvalidRequest, "code_challenge is not a SHA-256 in base64url")
	}
	return nil
}

// verifies says whether the verifier belongs to the challenge. A verifier without a challenge is a downgrade: somebody has taken the
// challenge out of the request (RFC 9700 §4.8.2).
func verifies(challenge, verifier string) bool {
	if challenge == "" {
		return verifier == ""
	}
	if len(verifier) < minVerifier || len(verifier) > maxVerifier || strings.Trim(verifier, unreserved+".~") != "" {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return secret.Equal([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge))
}
