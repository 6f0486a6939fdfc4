// Package hashing turns passwords into argon2id hashes and compares them, as many at a time as there are cores.
package hashing

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/propusk-id/propusk/pkg/secret"
)

// The parameters of new hashes: 19 MiB, two passes, one lane (OWASP's password storage cheat sheet).
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltBytes = 16
	hashBytes = 32
)

var errNotHash = errors.New("hashing: not an argon2id hash in PHC form")

// hash is a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func hash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	sum := argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashBytes)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memoryKiB, passes, lanes, encode(salt), encode(sum))
}

// matches hashes the password with the parameters and salt of a PHC string and compares.
func matches(phc, password string) (bool, error) {
	var version int
	var memory, time uint32
	var threads uint8
	var rest string
	_, err := fmt.Sscanf(phc, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &time, &threads, &rest)
	if err != nil || version != argon2.Version {
		return false, errNotHash
	}
	salt, sum, err := decode(rest)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, threads, uint32(len(sum)))
	return secret.Equal(got, sum), nil
}

// decode splits "salt$hash".
func decode(rest string) (salt, sum []byte, err error) {
	first, second, _ := strings.Cut(rest, "$")
	salt, err1 := base64.RawStdEncoding.DecodeString(first)
	sum, err2 := base64.RawStdEncoding.DecodeString(second)
	if err1 != nil || err2 != nil || len(salt) < 8 || len(sum) < 16 {
		return nil, nil, errNotHash
	}
	return salt, sum, nil
}
