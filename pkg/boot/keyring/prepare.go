package keyring

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
	"time"

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

// Minter is the service that makes internal tokens.
const Minter = "gateway"

// Prepare makes what is missing in root/<service> of every service: key set, database password and the
// key of the internal tokens. Services that are apart, in processes of their own, also get certificates and the
// passwords of their stores, which lie beside them. Key sets and passwords that exist are never replaced.
// Certificates are renewed a month before their end by an authority in root/[Authority], which no service may see.
// Without a kek each service gets one of its own, beside its keys. Nothing is made while a key set that exists does not
// open.
func Prepare(root string, services []string, apart bool, kek secret.String) error {
	if err := checkOwn(root, services, kek); err != nil {
		return err
	}
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
	return prepareCertificates(root, append([]string{NATS, Migrator}, services...), time.Now())
}

// checkOwn opens the key sets that exist: a KEK that is wrong, or came after the keys were made, is noticed here, before
// a key set that is still missing is wrapped by it.
func checkOwn(root string, services []string, kek secret.String) error {
	for _, s := range services {
		dir := filepath.Join(root, s)
		if _, err := os.Stat(filepath.Join(dir, keysFile)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := Keys(dir, kek); err != nil {
			return err
		}
	}
	return nil
}

func prepareOwn(dir string, given secret.String) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_, err := os.Stat(filepath.Join(dir, keysFile))
	if fresh := errors.Is(err, fs.ErrNotExist); fresh && given.IsZero() {
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
	path := filepath.Join(root, Minter, userTokenKeyFile)
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
	key, err := UserTokenKey(filepath.Dir(path))
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
