package rpc

import (
	"crypto/ed25519"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	tokenIssuer = "gateway"
	// tokenReuse is how long the gateway hands out the same token for a session.
	tokenReuse = 30 * time.Second
	// tokenLife leaves time to finish a call that begins with a token at the end of its reuse.
	tokenLife = 90 * time.Second
	// cacheLimit bounds the memory of both caches.
	cacheLimit = 10_000
)

type claims struct {
	jwt.RegisteredClaims
	SessionID string           `json:"sid"`
	Level     int32            `json:"lvl"`
	AuthTime  *jwt.NumericDate `json:"auth_time"`
	// AuthMicros is AuthTime as exactly as it is stored: it tells one sign-in of a session from the next.
	AuthMicros int64 `json:"auth_us,omitempty"`
	// ProofMicros is ProofTime, 0 for none; the version before does not say it, and knows no second factor.
	ProofMicros *int64   `json:"proof,omitempty"`
	AMR         []string `json:"amr"`
}

// Minter makes internal tokens; only the gateway has the key.
type Minter struct {
	key   ed25519.PrivateKey
	now   func() time.Time
	cache expiring[minted]
}

type minted struct {
	user  User
	token string
}

// NewMinter makes tokens with the key; now is the platform's clock.
func NewMinter(key ed25519.PrivateKey, now func() time.Time) *Minter {
	return &Minter{key: key, now: now, cache: expiring[minted]{entries: map[string]entry[minted]{}}}
}

// Mint gives the token of a session, the same one for 30 s unless what it says has changed.
func (m *Minter) Mint(u User) (string, error) {
	now := m.now()
	if c, ok := m.cache.get(u.SessionID, now); ok && c.user.saysSame(u) {
		return c.token, nil
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Subject: u.AccountID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(tokenLife)),
		},
		SessionID: u.SessionID, Level: int32(u.Level), AuthTime: jwt.NewNumericDate(u.AuthTime), AMR: u.AMR,
		AuthMicros: u.AuthTime.UnixMicro(), ProofMicros: micros(u.ProofTime),
	}).SignedString(m.key)
	if err != nil {
		return "", err
	}
	m.cache.put(u.SessionID, minted{u.clone(), token}, now.Add(tokenReuse), now)
	return token, nil
}

// Verifier checks internal tokens and caches those it has checked until they expire.
type Verifier struct {
	key   ed25519.PublicKey
	now   func() time.Time
	cache expiring[User]
}

// NewVerifier checks with the gateway's public key; now is the platform's clock.
func NewVerifier(key ed25519.PublicKey, now func() time.Time) *Verifier {
	return &Verifier{key: key, now: now, cache: expiring[User]{entries: map[string]entry[User]{}}}
}

// Verify gives the person a token stands for.
func (v *Verifier) Verify(token string) (User, error) {
	now := v.now()
	if u, ok := v.cache.get(token, now); ok {
		return u.clone(), nil
	}
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return v.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithIssuer(tokenIssuer),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(v.now))
	if err != nil {
		return User{}, err
	}
	if c.Subject == "" || c.SessionID == "" || c.AuthTime == nil {
		return User{}, errors.New("internal token lacks a claim")
	}
	u := User{
		AccountID: c.Subject, SessionID: c.SessionID, Level: protoreflect.EnumNumber(c.Level),
		AuthTime: c.AuthTime.Time, AMR: c.AMR,
	}
	if c.AuthMicros != 0 { // the version before does not say it
		u.AuthTime = time.UnixMicro(c.AuthMicros)
	}
	if u.ProofTime = u.AuthTime; c.ProofMicros != nil {
		u.ProofTime = instant(*c.ProofMicros)
	}
	v.cache.put(token, u, c.ExpiresAt.Time, now)
	return u.clone(), nil
}

// micros and instant write and read a time that may be none.
func micros(t time.Time) *int64 {
	n := int64(0)
	if !t.IsZero() {
		n = t.UnixMicro()
	}
	return &n
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n)
}

// expiring is a bounded map whose entries expire.
type expiring[T any] struct {
	mu      sync.Mutex
	entries map[string]entry[T]
}

type entry[T any] struct {
	value T
	until time.Time
}

func (e *expiring[T]) get(key string, now time.Time) (T, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	got, ok := e.entries[key]
	if !ok || !now.Before(got.until) {
		var zero T
		return zero, false
	}
	return got.value, true
}

func (e *expiring[T]) put(key string, value T, until, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.entries) >= cacheLimit {
		e.sweep(now)
	}
	e.entries[key] = entry[T]{value, until}
}

// sweep drops what has expired and, when that frees nothing, everything: a cache may be emptied.
func (e *expiring[T]) sweep(now time.Time) {
	for k, v := range e.entries {
		if !now.Before(v.until) {
			delete(e.entries, k)
		}
	}
	if len(e.entries) >= cacheLimit {
		clear(e.entries)
	}
}
