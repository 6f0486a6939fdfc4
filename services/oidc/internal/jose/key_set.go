// Package jose signs and verifies tokens with keys held in memory, and publishes the public keys.
package jose

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// KeySet is the signing keys of this process. They are loaded before the first use and may be reloaded at any time.
type KeySet struct {
	policy domain.KeyPolicy
	state  atomic.Pointer[state]
}

type state struct {
	byAlg map[string][]Key // by NotBefore
	byID  map[string]Key
	json  []byte
}

// NewKeySet is empty.
func NewKeySet(policy domain.KeyPolicy) *KeySet {
	s := &KeySet{policy: policy}
	s.state.Store(&state{})
	return s
}

// Load replaces the keys, sorted by NotBefore, and renders the set that is published as of now.
func (s *KeySet) Load(keys []Key, now time.Time) error {
	next := &state{byAlg: map[string][]Key{}, byID: map[string]Key{}}
	for _, k := range keys {
		next.byAlg[k.Alg] = append(next.byAlg[k.Alg], k)
		next.byID[k.ID] = k
	}
	var err error
	if next.json, err = s.render(next.byAlg, now); err != nil {
		return err
	}
	s.state.Store(next)
	return nil
}

func (s *KeySet) render(byAlg map[string][]Key, now time.Time) ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	for _, alg := range domain.SigningAlgs() {
		times := Times(byAlg[alg])
		for i, k := range byAlg[alg] {
			if !s.policy.Published(times, i, now) {
				continue
			}
			public, err := k.jwk()
			if err != nil {
				return nil, err
			}
			set.Keys = append(set.Keys, public)
		}
	}
	return json.Marshal(set)
}

// Times are when the keys begin to sign.
func Times(keys []Key) []domain.KeyTime {
	out := make([]domain.KeyTime, len(keys))
	for i, k := range keys {
		out[i] = domain.KeyTime{ID: k.ID, NotBefore: k.NotBefore}
	}
	return out
}

// JSON is the published key set (RFC 7517).
func (s *KeySet) JSON() []byte { return s.state.Load().json }

// Sign makes a token of a type (RFC 8725 §3.11) with the current key of the algorithm.
func (s *KeySet) Sign(alg, typ string, claims jwt.MapClaims, now time.Time) (string, error) {
	keys := s.state.Load().byAlg[alg]
	if len(keys) == 0 {
		return "", errors.New("no key for " + alg)
	}
	k := keys[domain.Signing(Times(keys), now)]
	token := jwt.NewWithClaims(k.method, claims)
	token.Header["typ"], token.Header["kid"] = typ, k.ID
	return token.SignedString(k.signer)
}

var errKey = errors.New("an unknown key, or a token of another type")

// Check verifies a token of a type by the key that it names and that key's own algorithm, whatever the header
// says, and reads its claims. Times are checked only if the options say so.
func (s *KeySet) Check(token, typ string, into jwt.Claims, options ...jwt.ParserOption) error {
	options = append(options, jwt.WithValidMethods(domain.SigningAlgs()))
	_, err := jwt.ParseWithClaims(token, into, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		k, ok := s.state.Load().byID[id]
		if !ok || t.Method.Alg() != k.Alg || t.Header["typ"] != typ {
			return nil, errKey
		}
		return k.signer.Public(), nil
	}, options...)
	return err
}

// AtHash is at_hash (OpenID Connect Core §3.1.3.6) of an ID token that is signed by an algorithm: Ed25519 hashes with SHA-512, the
// others with SHA-256.
func AtHash(alg, token string) string {
	if alg == domain.EdDSA {
		sum := sha512.Sum512([]byte(token))
		return encode(sum[:len(sum)/2])
	}
	sum := sha256.Sum256([]byte(token))
	return encode(sum[:len(sum)/2])
}
