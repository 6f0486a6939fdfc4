package misbehaviour

import (
	"encoding/base64"
	"strings"
)

// unsigned: a token that says of itself that nobody vouches for it (RFC 8725 §2.1).
func unsigned() Kind {
	return Kind{
		Name: "UNSIGNED", Does: texts("ID-токен без подписи (alg: none).", "The ID token has no signature (alg: none)."), Right: refuseToken(),
		Signed: func(token string) string {
			_, rest, _ := strings.Cut(token, ".")
			payload, _, _ := strings.Cut(rest, ".")
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + payload + "."
		},
	}
}
