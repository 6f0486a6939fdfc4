// Package jose signs tokens with keys held in memory, checks them, and shows the public keys.
package jose

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Ring is the keys of this process. It is filled before anybody asks, and refilled while everybody does.
type Ring struct {
	policy domain.KeyPolicy
	state  atomic.Pointer[state]
}

type state struct {
	byAlg map[string][]Key // by NotBefore
	byID  map[string]Key
	set   []byte
}

// NewRing is empty.
func NewRing(policy domain.KeyPolicy) *Ring {
	r := &Ring{policy: policy}
	r.state.Store(&state{})
	return r
}

// Fill takes the keys, sorted by NotBefore, and renders the key set that is published now.
func (r *Ring) Fill(keys []Key, now time.Time) error {
	s := &state{byAlg: map[string][]Key{}, byID: map[string]Key{}}
	for _, k := range keys {
		s.byAlg[k.Alg] = append(s.byAlg[k.Alg], k)
		s.byID[k.ID] = k
	}
	var err error
	if s.set, err = r.render(s.byAlg, now); err != nil {
		return err
	}
	r.state.Store(s)
	return nil
}

func (r *Ring) render(byAlg map[string][]Key, now time.Time) ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	for _, alg := range []string{domain.ES256, domain.RS256} {
		times := Times(byAlg[alg])
		for i, k := range byAlg[alg] {
			if !r.policy.Published(times, i, now) {
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

// Times are when the keys begin.
func Times(keys []Key) []domain.KeyTime {
	out := make([]domain.KeyTime, len(keys))
	for i, k := range keys {
		out[i] = domain.KeyTime{ID: k.ID, NotBefore: k.NotBefore}
	}
	return out
}

// Set is the published key set (RFC 7517).
func (r *Ring) Set() []byte { return r.state.Load().set }

// Sign makes a token of a type (RFC 8725 §3.11) with the present key of the algorithm.
func (r *Ring) Sign(alg, typ string, claims jwt.MapClaims, now time.Time) (string, error) {
	keys := r.state.Load().byAlg[alg]
	if len(keys) == 0 {
		return "", errors.New("no key for " + alg)
	}
	k := keys[domain.Signing(Times(keys), now)]
	token := jwt.NewWithClaims(k.method, claims)
	token.Header["typ"], token.Header["kid"] = typ, k.ID
	return token.SignedString(k.signer)
}

var errKey = errors.New("not our key, or not the type")

// Check verifies a token of a type by the key that it names and that key's own algorithm, whatever the header
// says, and reads its claims. Times are checked only if the options say so.
func (r *Ring) Check(token, typ string, into jwt.Claims, options ...jwt.ParserOption) error {
	options = append(options, jwt.WithValidMethods([]string{domain.ES256, domain.RS256}))
	_, err := jwt.ParseWithClaims(token, into, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		k, ok := r.state.Load().byID[id]
		if !ok || t.Method.Alg() != k.Alg || t.Header["typ"] != typ {
			return nil, errKey
		}
		return k.signer.Public(), nil
	}, options...)
	return err
}

// HalfHash is at_hash (OpenID Connect Core §3.1.3.6): both algorithms hash with SHA-256.
func HalfHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return encode(sum[:len(sum)/2])
}
