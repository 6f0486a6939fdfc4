package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const rsaBits = 2048

// Key is one signing key.
type Key struct {
	ID, Alg   string
	NotBefore time.Time
	method    jwt.SigningMethod
	signer    crypto.Signer
}

// Generate makes the private key of an algorithm, as PKCS #8.
func Generate(alg string) ([]byte, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case jwt.SigningMethodES256.Alg():
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case jwt.SigningMethodRS256.Alg(), jwt.SigningMethodPS256.Alg():
		signer, err = rsa.GenerateKey(rand.Reader, rsaBits)
	case jwt.SigningMethodEdDSA.Alg():
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		return nil, fmt.Errorf("no keys for %s", alg)
	}
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(signer)
}

// Parse reads a key that Generate made.
func Parse(id, alg string, pkcs8 []byte, notBefore time.Time) (Key, error) {
	k := Key{ID: id, Alg: alg, NotBefore: notBefore, method: jwt.GetSigningMethod(alg)}
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return k, err
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok || k.method == nil {
		return k, fmt.Errorf("key %s cannot sign by %s", id, alg)
	}
	k.signer = signer
	return k, nil
}

// jwk is a public key in a key set (RFC 7517, RFC 7518).
type jwk struct {
	KeyType string `json:"kty"`
	Use     string `json:"use"`
	Alg     string `json:"alg"`
	ID      string `json:"kid"`
	Curve   string `json:"crv,omitempty"`
	X       string `json:"x,omitempty"`
	Y       string `json:"y,omitempty"`
	N       string `json:"n,omitempty"`
	E       string `json:"e,omitempty"`
}

func (k Key) jwk() (jwk, error) {
	out := jwk{Use: "sig", Alg: k.Alg, ID: k.ID}
	switch pub := k.signer.Public().(type) {
	case *ecdsa.PublicKey:
		point, err := pub.Bytes() // 4, x, y
		if err != nil {
			return out, err
		}
		half := (len(point) - 1) / 2
		out.KeyType, out.Curve = "EC", "P-256"
		out.X, out.Y = encode(point[1:1+half]), encode(point[1+half:])
	case *rsa.PublicKey:
		out.KeyType = "RSA"
		out.N, out.E = encode(pub.N.Bytes()), encode(big.NewInt(int64(pub.E)).Bytes())
	case ed25519.PublicKey:
		out.KeyType, out.Curve, out.X = "OKP", "Ed25519", encode(pub)
	default:
		return out, fmt.Errorf("key %s is of a kind that has no JWK", k.ID)
	}
	return out, nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
