package domain

import (
	"math"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Guard counts wrong passwords.
type Guard struct {
	Failures int
	// Since and Last are when the first and the last of them came.
	Since, Last time.Time
}

// Brake is how wrong passwords slow the next try down.
type Brake struct {
	// Free failures cost nothing; the next one makes the person wait FirstDelay, each later one Growth times
	// longer, up to MaxDelay.
	Free                 int
	FirstDelay, MaxDelay time.Duration
	Growth               float64
	// Max failures are all there are in one Window, which begins with the first; 0: no such limit.
	Max    int
	Window time.Duration
}

// Throttle is what keeps passwords from being guessed.
//
// Nothing in it locks an account for good: a stranger could then lock anybody out. NIST SP 800-63B-4 §3.2.2 asks
// for 100 consecutive failures at most; here each one after the hundredth costs up to an hour instead, except at
// addresses where the holder has signed in lately, which have a count of their own.
type Throttle struct {
	// Address is for one account from one address, Account for it from everywhere.
	Address, Account Brake
	// KnownFor is how long a sign-in makes an address known.
	KnownFor time.Duration
}

// Guards are the counts that a sign-in meets.
type Guards struct {
	Address, Account Guard
	// KnownUntil is until when the address is known as the holder's.
	KnownUntil time.Time
}

// CheckOpen refuses a try that comes too early or too often, whatever the password.
func (t Throttle) CheckOpen(g Guards, now time.Time) error {
	open := t.Address.opens(g.Address, now)
	if anywhere := t.Account.opens(g.Account, now); anywhere.After(open) && !now.Before(g.KnownUntil) {
		open = anywhere
	}
	if !now.Before(open) {
		return nil
	}
	return errs.New(errs.Throttled, errorsv1.Reason_SIGN_IN_THROTTLED, "too many failed sign-ins").After(open.Sub(now))
}

// AfterFailure are the counts after one more wrong password.
func (t Throttle) AfterFailure(g Guards, now time.Time) Guards {
	g.Address = t.Address.add(g.Address, now)
	g.Account = t.Account.add(g.Account, now)
	return g
}

// knownSteps: that an address is known for longer is written down after a 30th of that time, once a day of a month.
const knownSteps = 30

// AfterSuccess forgets the failures from this address only: those from elsewhere were not the holder's.
func (t Throttle) AfterSuccess(g Guards, now time.Time) Guards {
	g.Address = Guard{}
	if until := now.Add(t.KnownFor); until.Sub(g.KnownUntil) > t.KnownFor/knownSteps {
		g.KnownUntil = until
	}
	return g
}

// Forget is when each of the counts has no effect any more.
type Forget struct{ Address, Account time.Time }

// Forget is when the counts can be dropped.
func (t Throttle) Forget(g Guards, now time.Time) Forget {
	f := Forget{Address: t.Address.ends(g.Address, now), Account: t.Account.ends(g.Account, now)}
	if g.KnownUntil.After(f.Address) {
		f.Address = g.KnownUntil
	}
	return f
}

// ends is when the window of the failures ends; of none it is as if it began now.
func (b Brake) ends(g Guard, now time.Time) time.Time {
	if g.Failures == 0 {
		return now.Add(b.Window)
	}
	return g.Since.Add(b.Window)
}

// opens is when the next try may come.
func (b Brake) opens(g Guard, now time.Time) time.Time {
	end := g.Since.Add(b.Window)
	switch {
	case g.Failures < b.Free || !now.Before(end):
		return now
	case b.Max > 0 && g.Failures >= b.Max:
		return end
	}
	delay := float64(b.FirstDelay) * math.Pow(b.Growth, float64(g.Failures-b.Free))
	return g.Last.Add(time.Duration(min(delay, float64(b.MaxDelay))))
}

func (b Brake) add(g Guard, now time.Time) Guard {
	if !now.Before(g.Since.Add(b.Window)) {
		g = Guard{Since: now}
	}
	return Guard{Failures: g.Failures + 1, Since: g.Since, Last: now}
}
