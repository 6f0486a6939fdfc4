package domain

import "time"

// KeyPolicy is how signing keys are rotated.
type KeyPolicy struct {
	// Life is how long a key signs.
	Life time.Duration
	// Publish is how long a key is published before it signs and after it has signed: longer than partners cache the
	// key set, commonly a day.
	Publish time.Duration
}

// KeyTime is when a key of one algorithm begins to sign.
type KeyTime struct {
	ID        string
	NotBefore time.Time
}

// Next says whether another key is due, by its time or because an operator has wanted it, and when it begins. Keys are sorted by
// NotBefore. The first signs at once: nobody has cached an earlier one.
func (p KeyPolicy) Next(keys []KeyTime, wanted, now time.Time) (time.Time, bool) {
	if len(keys) == 0 {
		return now, true
	}
	last := keys[len(keys)-1].NotBefore
	if last.Before(wanted) {
		return now.Add(p.Publish), true
	}
	begin := last.Add(p.Life)
	if begin.Sub(now) > p.Publish {
		return time.Time{}, false
	}
	if soonest := now.Add(p.Publish); begin.Before(soonest) {
		begin = soonest
	}
	return begin, true
}

// Signing is the index of the key that signs now: the latest that has begun.
func Signing(keys []KeyTime, now time.Time) int {
	for i := len(keys) - 1; i > 0; i-- {
		if !now.Before(keys[i].NotBefore) {
			return i
		}
	}
	return 0
}

// Published says whether the key is in the published set: the current one, the next one, and one that signed until
// recently.
func (p KeyPolicy) Published(keys []KeyTime, i int, now time.Time) bool {
	return i == len(keys)-1 || now.Before(keys[i+1].NotBefore.Add(p.Publish))
}
