package boot

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/propusk-id/propusk/pkg/secret"
)

// What lies in a service's secrets directory.
const (
	caFile           = "ca.crt"
	certFile         = "tls.crt"
	certKeyFile      = "tls.key"
	kekFile          = "kek"
	keysFile         = "keys.json"
	databaseFile     = "database-password"
	userTokenKeyFile = "user-token.key"
	userTokenPubFile = "user-token.pub"
)

// minterService is the one that makes internal tokens.
const minterService = "gateway"

// PrepareSecrets makes what is missing in root/<service> of every service: key set, database password and the
// key of the internal tokens. Services that are apart, in processes of their own, also get certificates and the
// passwords of their stores, which lie beside them. Key sets and passwords that exist are never replaced.
// Certificates are made for all at once, and the authority's key is thrown away. The KEK is Config.KEK.
func PrepareSecrets(root string, services []string, apart bool, kek secret.String) error {
	for _, s := range services {
		if err := prepareOwn(filepath.Join(root, s), kek); err != nil {
			return fmt.Errorf("secrets of %s: %w", s, err)
		}
	}
	if err := prepareUserToken(root, services); err != nil {
		return err
	}
	if !apart {
		return nil
	}
	if err := prepareStores(root, services); err != nil {
		return err
	}
	return prepareCertificates(root, append([]string{natsServer, migrator}, services...))
}

func prepareOwn(dir string, given secret.String) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if given.IsZero() {
		if err := ignoreExists(secret.CreateKEK(filepath.Join(dir, kekFile))); err != nil {
			return err
		}
	}
	kek, err := loadKEK(dir, given)
	if err != nil {
		return err
	}
	if err := ignoreExists(secret.CreateKeys(filepath.Join(dir, keysFile), kek)); err != nil {
		return err
	}
	return ignoreExists(writeNew(filepath.Join(dir, databaseFile), []byte(secret.NewToken().Reveal())))
}

// prepareUserToken makes the key pair of the internal tokens and gives every service the public half.
func prepareUserToken(root string, services []string) error {
	path := filepath.Join(root, minterService, userTokenKeyFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		if err := ignoreExists(writeNew(path, pemOf("PRIVATE KEY", der))); err != nil {
			return err
		}
	}
	key, err := loadUserTokenKey(filepath.Dir(path))
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	for _, s := range services {
		if err := os.WriteFile(filepath.Join(root, s, userTokenPubFile), pemOf("PUBLIC KEY", der), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func loadUserTokenKey(dir string) (ed25519.PrivateKey, error) {
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

func loadUserTokenPub(dir string) (ed25519.PublicKey, error) {
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

func loadKeys(dir string, givenKEK secret.String) (*secret.Keys, error) {
	kek, err := loadKEK(dir, givenKEK)
	if err != nil {
		return nil, err
	}
	return secret.LoadKeys(filepath.Join(dir, keysFile), kek)
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

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func ignoreExists(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
