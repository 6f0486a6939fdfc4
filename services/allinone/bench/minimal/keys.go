package minimal

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/pkg/secret"
)

// loadKeys reads the keys for data, indexes and MACs, or makes them.
func loadKeys(dir string) (*secret.Keys, error) {
	kekFile, keyFile := filepath.Join(dir, "kek"), filepath.Join(dir, "keys.json")
	if err := secret.CreateKEK(kekFile); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	kek, err := secret.LoadKEK(kekFile)
	if err != nil {
		return nil, err
	}
	if err := secret.CreateKeys(keyFile, kek); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return secret.LoadKeys(keyFile, kek)
}

// signer signs and checks tokens.
type signer struct{ key *ecdsa.PrivateKey }

const signingKey = "1"

// loadSigner reads the signing key, encrypted in the database, or makes it.
func (s *server) loadSigner(ctx context.Context) (signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return signer{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return signer{}, err
	}
	at := place("signing_keys", signingKey, "private_key")
	sealed, err := s.keys.Seal(pkcs8, at)
	if err != nil {
		return signer{}, err
	}
	err = s.pool.QueryRow(ctx, `
		INSERT INTO signing_keys AS k (id, private_key) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET id = excluded.id
		RETURNING private_key`, signingKey, sealed).Scan(&sealed)
	if err != nil {
		return signer{}, err
	}
	if pkcs8, err = s.keys.Open(sealed, at); err != nil {
		return signer{}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return signer{}, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return signer{}, fmt.Errorf("the signing key is a %T", parsed)
	}
	return signer{key: key}, nil
}

func (s signer) sign(claims jwt.MapClaims) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	t.Header["kid"] = signingKey
	return t.SignedString(s.key)
}

// check reads a token that this server signed and that has not expired.
func (s signer) check(token, audience string) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &s.key.PublicKey, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}), jwt.WithAudience(audience), jwt.WithExpirationRequired())
	return claims, err
}

func place(table, row, column string) secret.AssociatedData {
	return secret.AssociatedData{Table: table, Row: row, Column: column}
}
