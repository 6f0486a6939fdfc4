package domain

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"

	"github.com/MicahParks/jwkset"
)

// The bounds of a client's keys.
const (
	maxJWKS     = 32 << 10
	maxKeys     = 20
	minRSABits  = 2048
	maxRSABytes = 1024 // 8192 bits: what is longer is slow to verify
)

// VerificationKey is a public key of a client.
type VerificationKey struct {
	ID, Alg string
	Key     crypto.PublicKey
}

var errJWKS = errors.New("not a set of public keys for signatures")

// VerificationKeys reads the client's keys. Each has a kid of its own and says or implies one algorithm; none is private. What a key
// points to elsewhere (x5u, x5c) is not looked at.
func (c Client) VerificationKeys() ([]VerificationKey, error) {
	if len(c.JWKS) > maxJWKS {
		return nil, errJWKS
	}
	var set jwkset.JWKSMarshal
	if err := json.Unmarshal([]byte(c.JWKS), &set); err != nil || len(set.Keys) == 0 || len(set.Keys) > maxKeys {
		return nil, errJWKS
	}
	keys, seen := make([]VerificationKey, 0, len(set.Keys)), map[string]bool{}
	for _, marshalled := range set.Keys {
		k, err := verificationKey(marshalled)
		if err != nil || seen[k.ID] {
			return nil, errJWKS
		}
		seen[k.ID] = true
		keys = append(keys, k)
	}
	return keys, nil
}

func verificationKey(m jwkset.JWKMarshal) (VerificationKey, error) {
	if m.KID == "" || len(m.N) > maxRSABytes*4/3+4 || (m.USE != "" && m.USE != jwkset.UseSig) || secretPart(m) {
		return VerificationKey{}, errJWKS
	}
	public := jwkset.JWKMarshal{KTY: m.KTY, KID: m.KID, ALG: m.ALG, USE: m.USE, CRV: m.CRV, X: m.X, Y: m.Y, N: m.N, E: m.E}
	parsed, err := jwkset.NewJWKFromMarshal(public, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return VerificationKey{}, errJWKS
	}
	k := VerificationKey{ID: m.KID, Alg: string(m.ALG), Key: parsed.Key()}
	if k.Alg == "" {
		k.Alg = map[jwkset.KTY]string{jwkset.KtyEC: ES256, jwkset.KtyRSA: RS256, jwkset.KtyOKP: EdDSA}[m.KTY]
	}
	if !fits(k, m) {
		return VerificationKey{}, errJWKS
	}
	return k, nil
}

func secretPart(m jwkset.JWKMarshal) bool {
	return m.D != "" || m.K != "" || m.P != "" || m.Q != "" || m.DP != "" || m.DQ != "" || m.QI != ""
}

// fits says whether a key is of its algorithm's kind, and strong.
func fits(k VerificationKey, m jwkset.JWKMarshal) bool {
	switch k.Alg {
	case ES256:
		public, ok := k.Key.(*ecdsa.PublicKey)
		return ok && m.CRV == jwkset.CrvP256 && onCurve(public)
	case EdDSA:
		return m.KTY == jwkset.KtyOKP && m.CRV == jwkset.CrvEd25519
	case RS256, PS256:
		public, ok := k.Key.(*rsa.PublicKey)
		return ok && public.N.BitLen() >= minRSABits && public.E >= 3
	}
	return false
}

func onCurve(k *ecdsa.PublicKey) bool {
	_, err := k.ECDH()
	return err == nil
}
