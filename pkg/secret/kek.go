package secret

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KEK is the key-encryption key, which wraps key files and nothing else. Keep it apart from them and from
// the backups of the database.
type KEK struct{ aead tink.AEAD }

// CreateKEK writes a new KEK: 32 random bytes in base64, readable by the owner only. A file that exists is
// left alone: the error is then fs.ErrExist.
func CreateKEK(path string) error {
	return createFile(path, []byte(base64.StdEncoding.EncodeToString(random(keyBytes))+"\n"))
}

// LoadKEK reads a KEK's file.
func LoadKEK(path string) (*KEK, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secret: read the KEK: %w", err)
	}
	kek, err := ParseKEK(New(string(text)))
	if err != nil {
		return nil, fmt.Errorf("secret: %s: %w", path, err)
	}
	return kek, nil
}

// ParseKEK reads what a KEK's file holds.
func ParseKEK(text String) (*KEK, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text.Reveal()))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("not a KEK: it needs %d bytes in base64", keyBytes)
	}
	return newKEK(key)
}

func newKEK(key []byte) (*KEK, error) {
	primitive, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, fmt.Errorf("secret: KEK: %w", err)
	}
	return &KEK{aead: primitive}, nil
}

// Format writes *** for every verb.
func (*KEK) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }
