package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	// MaxReleasedSets is how many sets of claims are told apart under a grant: a client that asks for ever new ones fills nothing.
	MaxReleasedSets = 32
	// releasesKept is for how long it is known what clients got, as the table's comment says.
	releasesKept = 180 * 24 * time.Hour
)

// Release is that a client got a set of a person's claims, once or more often on a day.
type Release struct {
	AccountID uuid.UUID
	ClientID  string
	// Claims are their names, sorted.
	Claims []string
	Times  int64
	// Time is the last time.
	Time time.Time
}

// NewRelease is that a client gets claims now.
func NewRelease(g Grant, claims []string, now time.Time) Release {
	return Release{AccountID: g.AccountID, ClientID: g.ClientID, Claims: set(claims), Times: 1, Time: now}
}

// Digest stands for the set of claims.
func (r Release) Digest() string {
	sum := sha256.Sum256([]byte(r.Joined()))
	return hex.EncodeToString(sum[:8])
}

// Joined are the claims' names with a blank between two.
func (r Release) Joined() string { return strings.Join(r.Claims, " ") }

// Day is the day that it is counted on: its midnight, UTC.
func (r Release) Day() time.Time { return r.Time.UTC().Truncate(24 * time.Hour) }

// KnownSince is since when it is known what clients got.
func KnownSince(now time.Time) time.Time { return now.Add(-releasesKept) }

// IsFirstRelease says whether a set of claims may be the first of its kind under the grant.
func (g Grant) IsFirstRelease(r Release) bool {
	return !slices.Contains(g.Released, r.Digest()) && len(g.Released) < MaxReleasedSets
}

// Releases are what one client got.
type Releases []Release

// Times is how often it got anything.
func (list Releases) Times() (n int64) {
	for _, r := range list {
		n += r.Times
	}
	return n
}

// Last is when it last got a claim, or anything where none is named; zero: never.
func (list Releases) Last(claim string) (last time.Time) {
	for _, r := range list {
		if (claim == "" || slices.Contains(r.Claims, claim)) && r.Time.After(last) {
			last = r.Time
		}
	}
	return last
}

// Claims are all that it got.
func (list Releases) Claims() []string {
	var out []string
	for _, r := range list {
		out = append(out, r.Claims...)
	}
	return set(out)
}
