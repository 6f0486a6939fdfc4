package domain

import (
	"time"

	"github.com/google/uuid"
)

// Code is what an authorization code stands for. It is stored in Redis, encrypted, under the code's hash.
type Code struct {
	ClientID, RedirectURI, Challenge, Nonce string

	Scopes []string
	// Declined are the claims that the person keeps back, or that nobody asked for.
	Declined []string
	// Resources are what access tokens are for; IDClaims, the claims that the ID token is to have.
	Resources, IDClaims []string
	// Session is the sign-in that the code was issued for. What is issued for the code is of the session as it is then.
	Session    Session
	ExpireTime time.Time
}

// CheckRedemption refuses a redemption by another client, for another address, with a wrong verifier or too late.
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
	// Declined are the claims that the person keeps back, whatever the scopes give.
	Declined []string
	// Resources are what its access tokens are for (RFC 8707); none: userinfo.
	Resources []string
	AuthTime  time.Time
	ACR       string
	AMR       []string
	// Offline: outlives the session (offline_access).
	Offline bool
	// Language is the person's, of when tokens were last issued with the session at hand; empty: not known.
	Language string
	// Generation is that of the valid refresh token; RotatedAt is since when it is valid.
	Generation int64
	RotatedAt  time.Time
	// Superseded is when generations before were superseded: the one before, the one before that and so on, as far as it is
	// remembered.
	Superseded []time.Time
	ExpireTime time.Time
	Revoked    bool
}

// Live says whether what was issued under the grant is still valid.
func (g Grant) Live(now time.Time) bool { return !g.Revoked && now.Before(g.ExpireTime) }

// RefreshStatus is what a refresh token of some generation is worth.
type RefreshStatus int

// The statuses.
const (
	// Expired: the grant has expired or is revoked.
	Expired RefreshStatus = iota
	// Current: it is valid and will be rotated.
	Current
	// Replayed: it was rotated within the grace period; the answer may have been lost or overtaken by a parallel one, so it
	// gets the present token.
	Replayed
	// Reused: it was rotated before that. It may be stolen, so the whole family is revoked.
	Reused
)

// RefreshStatus compares generations, never times: two rotations may happen within one second.
func (g Grant) RefreshStatus(generation int64, grace time.Duration, now time.Time) RefreshStatus {
	switch {
	case !g.Live(now):
		return Expired
	case generation == g.Generation:
		return Current
	case g.supersededWithin(generation, grace, now):
		return Replayed
	default:
		return Reused
	}
}

// supersededWithin judges each generation by its own time: else a token stolen long ago would be honoured whenever its
// successor has just been rotated. Of one whose time is not remembered it is false.
func (g Grant) supersededWithin(generation int64, grace time.Duration, now time.Time) bool {
	back := g.Generation - generation
	if back == 1 {
		return now.Sub(g.RotatedAt) <= grace
	}
	aligned := len(g.Superseded) > 0 && g.Superseded[0].Equal(g.RotatedAt)
	return back > 1 && back <= int64(len(g.Superseded)) && aligned && now.Sub(g.Superseded[back-1]) <= grace
}

// Lifetimes are how long things are valid.
type Lifetimes struct {
	Interaction, Code, AccessToken, IDToken time.Duration
	// Refresh is how long a grant with offline_access lives; others end with their session.
	Refresh time.Duration
	// Grace is how long a superseded refresh token still gets the present one.
	Grace time.Duration
}

// GrantEnd is when everything issued under the code expires: with the session, or after the life of offline access.
func (l Lifetimes) GrantEnd(offline bool, session Session, now time.Time) time.Time {
	end := now.Add(l.Refresh)
	if !offline && session.ExpireTime.Before(end) {
		return session.ExpireTime
	}
	return end
}

// PartnerSignIn is a client with the time when it was last given tokens for a sign-in.
type PartnerSignIn struct {
	ClientID string
	Time     time.Time
}
