package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/google/uuid"
)

// NewToken makes a secret of 256 random bits in base64url, 43 characters: a session, a refresh token, the
// secret of a link.
func NewToken() String {
	return New(base64.RawURLEncoding.EncodeToString(random(32)))
}

// HashToken is what is stored of a token: its SHA-256. A token has 256 bits, so a slow hash adds nothing.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// NewID makes a UUIDv7: the key of a row, sorted by time of creation. It is not a secret.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// NewRandomID makes an identifier that cannot be guessed: 128 random bits in lower-case hex, 32 characters.
func NewRandomID() string { return hex.EncodeToString(random(16)) }

// random is n bytes of the system's generator, which stops the process rather than fail.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
