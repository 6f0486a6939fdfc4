package domain

import (
	"time"

	"github.com/google/uuid"
)

// Code is what an authorization code stands for. It lives in Redis, encrypted, under the code's hash.
type Code struct {
	ClientID, RedirectURI, Challenge, Nonce string

	Scopes     []string
	Session    Session
	ExpireTime time.Time
}

// CheckRedemption says whether the code may be redeemed: by its client, for its address, with its verifier, in
// its time.
func (c Code) CheckRedemption(client Client, redirectURI, verifier string, now time.Time) error {
	if c.ClientID != client.ID || c.RedirectURI != redirectURI || !now.Before(c.ExpireTime) ||
		!verifies(c.Challenge, verifier) {
		return ErrGrant()
	}
	return nil
}

// Grant is one redeemed code and all that was issued under it: the family of its refresh tokens.
type Grant struct {
	ID        uuid.UUID
	ClientID  string
	AccountID uuid.UUID
	SessionID string
	Scopes    []string
	AuthTime  time.Time
	ACR       string
	AMR       []string
	// Offline: outlives the session (offline_access).
	Offline bool
	// Generation is the refresh token that is good now; RotatedAt is since when.
	Generation int64
	RotatedAt  time.Time
	ExpireTime time.Time
	Revoked    bool
}

// Live says whether what was issued under the grant is still good.
func (g Grant) Live(now time.Time) bool { return !g.Revoked && now.Before(g.ExpireTime) }

// Presented is what a refresh token of some generation is.
type Presented int

// What a refresh token may be.
const (
	// Dead: the grant is over.
	Dead Presented = iota
	// Current: it is rotated.
	Current
	// Retried: rotated a moment ago, and the answer was lost perhaps: the same successor again.
	Retried
	// Reused: somebody has had it before: thief or owner, the family is over.
	Reused
)

// Present judges a refresh token by its generation, never by a time in it: two rotations may fall into one second.
func (g Grant) Present(generation int64, grace time.Duration, now time.Time) Presented {
	switch {
	case !g.Live(now):
		return Dead
	case generation == g.Generation:
		return Current
	case generation == g.Generation-1 && now.Sub(g.RotatedAt) <= grace:
		return Retried
	default:
		return Reused
	}
}

// Lifetimes are how long things are good for.
type Lifetimes struct {
	Interaction, Code, AccessToken, IDToken time.Duration
	// Refresh is how long a grant with offline_access lives; others end with their session.
	Refresh time.Duration
	// Grace is how long the refresh token before the present one gets the same successor.
	Grace time.Duration
}

// GrantEnd is when everything issued under the code is over: with the session, or after the life of offline
// access.
func (l Lifetimes) GrantEnd(offline bool, session Session, now time.Time) time.Time {
	end := now.Add(l.Refresh)
	if !offline && session.ExpireTime.Before(end) {
		return session.ExpireTime
	}
	return end
}
