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

// checkChallenge requires a PKCE challenge by S256 (RFC 7636; RFC 9700 requires it of every client).
func checkChallenge(challenge, method string) *OAuthError {
	switch {
	case challenge == "":
		return refuse(InvalidRequest, "code_challenge is missing: PKCE is required")
	case method != "S256":
		return refuse(InvalidRequest, "code_challenge_method must be S256")
	case len(challenge) != challengeLength || strings.Trim(challenge, unreserved) != "":
		return refuse(InvalidRequest, "code_challenge is not a SHA-256 in base64url")
	}
	return nil
}

// verifies says whether the verifier belongs to the challenge.
func verifies(challenge, verifier string) bool {
	if len(verifier) < minVerifier || len(verifier) > maxVerifier || strings.Trim(verifier, unreserved+".~") != "" {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return secret.Equal([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge))
}
