package domain

import "time"

// KeyPolicy is how signing keys follow one another.
type KeyPolicy struct {
	// Life is how long a key signs.
	Life time.Duration
	// Publish is how long a key is published before it signs, and after it has: longer than partners keep the
	// key set (RFC 7517 users commonly a day).
	Publish time.Duration
}

// KeyTime is a key of one algorithm, by when it begins to sign.
type KeyTime struct {
	ID        string
	NotBefore time.Time
}

// Next says whether one more key is due, and when it begins. Keys are sorted by NotBefore. The first signs at
// once: nobody knows another.
func (p KeyPolicy) Next(keys []KeyTime, now time.Time) (time.Time, bool) {
	if len(keys) == 0 {
		return now, true
	}
	begin := keys[len(keys)-1].NotBefore.Add(p.Life)
	if begin.Sub(now) > p.Publish {
		return time.Time{}, false
	}
	if soonest := now.Add(p.Publish); begin.Before(soonest) {
		begin = soonest
	}
	return begin, true
}

// Signing is the index of the key that signs now: the latest whose time has come.
func Signing(keys []KeyTime, now time.Time) int {
	for i := len(keys) - 1; i > 0; i-- {
		if !now.Before(keys[i].NotBefore) {
			return i
		}
	}
	return 0
}

// Published says whether partners are shown the key: the present one, one to come, and one that signed until a
// while ago.
func (p KeyPolicy) Published(keys []KeyTime, i int, now time.Time) bool {
	return i == len(keys)-1 || now.Before(keys[i+1].NotBefore.Add(p.Publish))
}
