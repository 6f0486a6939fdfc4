package keyring

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/propusk-id/propusk/pkg/secret"
)

// DatabasePassword is the login of the service's role.
func DatabasePassword(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, databaseFile))
	if err != nil {
		return "", fmt.Errorf("no password for the database: %w", err)
	}
	return string(content), nil
}

// RedisPassword is what the secrets job made; none was if it is empty.
func RedisPassword(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, redisPasswordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(content), err
}

// UserTokenKey signs internal tokens; only the minter has it.
func UserTokenKey(dir string) (ed25519.PrivateKey, error) {
	der, err := readPEM(filepath.Join(dir, userTokenKeyFile))
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New(userTokenKeyFile + " is not an Ed25519 key")
	}
	return ed, nil
}

// UserTokenPub checks internal tokens.
func UserTokenPub(dir string) (ed25519.PublicKey, error) {
	der, err := readPEM(filepath.Join(dir, userTokenPubFile))
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	ed, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New(userTokenPubFile + " is not an Ed25519 key")
	}
	return ed, nil
}

// Keys are the service's, unwrapped by the KEK that was given from outside, or else lies beside them.
func Keys(dir string, givenKEK secret.String) (*secret.Keys, error) {
	path := filepath.Join(dir, keysFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("no key set: %w", err)
	}
	kek, err := loadKEK(dir, givenKEK)
	if errors.Is(err, fs.ErrNotExist) {
		// Not as ErrNotExist: the key set is there.
		return nil, fmt.Errorf("the KEK that wrapped %s is missing: set PROPUSK_KEK as it was set when the keys were made, "+
			"or put %s back", path, filepath.Join(dir, kekFile))
	}
	if err != nil {
		return nil, err
	}
	keys, err := secret.LoadKeys(path, kek)
	if errors.Is(err, secret.ErrWrongKEK) && !givenKEK.IsZero() {
		return nil, wrongKEK(dir)
	}
	return keys, err
}

// wrongKEK tells a KEK that came too late from one that is another's.
func wrongKEK(dir string) error {
	path := filepath.Join(dir, keysFile)
	beside, err := secret.LoadKEK(filepath.Join(dir, kekFile))
	if err == nil {
		if _, err := secret.LoadKeys(path, beside); err == nil {
			return fmt.Errorf("PROPUSK_KEK was set after %s was made and wrapped by the KEK beside it: unset it", path)
		}
	}
	return fmt.Errorf("PROPUSK_KEK is not the one that wrapped %s: set that one", path)
}

// loadKEK takes the one that was given from outside, else the one that lies beside the keys.
func loadKEK(dir string, given secret.String) (*secret.KEK, error) {
	if given.IsZero() {
		return secret.LoadKEK(filepath.Join(dir, kekFile))
	}
	kek, err := secret.ParseKEK(given)
	if err != nil {
		return nil, fmt.Errorf("PROPUSK_KEK: %w: make one like `openssl rand -base64 32`", err)
	}
	return kek, nil
}

func readPEM(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", path)
	}
	return block.Bytes, nil
}
