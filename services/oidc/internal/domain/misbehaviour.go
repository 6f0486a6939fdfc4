package domain

import "time"

// The bounds of how long a sandbox misbehaves, and for how long it does when nobody says.
const (
	MinMisbehaviour     = time.Second
	MaxMisbehaviour     = 24 * time.Hour
	DefaultMisbehaviour = 10 * time.Minute
)

// Misbehaviour is how a sandbox misbehaves for a client, by the names of kinds, until when.
type Misbehaviour struct {
	Kinds      []string
	ExpireTime time.Time
}

// At is what is left of it at an instant: nothing once it has expired.
func (m Misbehaviour) At(now time.Time) Misbehaviour {
	if !now.Before(m.ExpireTime) {
		return Misbehaviour{}
	}
	return m
}
