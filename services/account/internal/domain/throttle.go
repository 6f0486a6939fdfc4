package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// FailureCount counts wrong passwords.
type FailureCount struct {
	Failures int
	// Since and Last are when the first and the last of them came.
	Since, Last time.Time
}

// BackoffPolicy is how wrong passwords delay the next attempt.
type BackoffPolicy struct {
	// Free failures cost nothing; each further one delays the next attempt.
	Free  int
	Delay backoff.Exponential
	// Max failures are allowed in one Window, which begins with the first; 0: no such limit.
	Max    int
	Window time.Duration
}

// Throttle is what keeps passwords from being guessed.
//
// Nothing in it locks an account for good: a stranger could then lock anybody out. NIST SP 800-63B-4 §3.2.2 asks
// for 100 consecutive failures at most; here each one after the hundredth costs up to an hour instead, except at
// addresses where the holder has signed in lately, which have a count of their own.
type Throttle struct {
	// Address is for one account from one address, Account for one account from everywhere.
	Address, Account BackoffPolicy
	// KnownFor is how long a sign-in makes an address known.
	KnownFor time.Duration
}

// FailureCounts are the counts that limit a sign-in.
type FailureCounts struct {
	Address, Account FailureCount
	// KnownUntil is until when the address counts as the holder's.
	KnownUntil time.Time
}

// CheckOpen refuses an attempt that comes too early or too often, whatever the password.
func (t Throttle) CheckOpen(counts FailureCounts, now time.Time) error {
	return t.check(counts, now, errorsv1.Reason_SIGN_IN_THROTTLED)
}

func (t Throttle) check(counts FailureCounts, now time.Time, reason errs.Reason) error {
	open := t.Address.opens(counts.Address, now)
	if anywhere := t.Account.opens(counts.Account, now); anywhere.After(open) && !now.Before(counts.KnownUntil) {
		open = anywhere
	}
	if !now.Before(open) {
		return nil
	}
	return errs.New(reason, "too many attempts").After(open.Sub(now))
}

// AfterFailure are the counts after one more wrong password.
func (t Throttle) AfterFailure(counts FailureCounts, now time.Time) FailureCounts {
	counts.Address = t.Address.add(counts.Address, now)
	counts.Account = t.Account.add(counts.Account, now)
	return counts
}

// knownSteps: that an address is known for longer is stored after a 30th of that time, which is once a day for a month.
const knownSteps = 30

// AfterSuccess resets the failures from this address only: those from elsewhere were not the holder's.
func (t Throttle) AfterSuccess(counts FailureCounts) FailureCounts {
	counts.Address = FailureCount{}
	return counts
}

// Know makes the address one that the holder has signed in from: a right password alone, with steps left, does not.
func (t Throttle) Know(counts FailureCounts, now time.Time) FailureCounts {
	if until, worthBefore := t.Known(now); counts.KnownUntil.Before(worthBefore) {
		counts.KnownUntil = until
	}
	return counts
}

// Known is until when an address is known that is signed in from now, and which earlier times are worth replacing by that.
func (t Throttle) Known(now time.Time) (until, worthBefore time.Time) {
	until = now.Add(t.KnownFor)
	return until, until.Add(-t.KnownFor / knownSteps)
}

// Expiry is when each of the counts has no effect any more.
type Expiry struct{ Address, Account time.Time }

// Expiry is when the counts can be deleted.
func (t Throttle) Expiry(counts FailureCounts, now time.Time) Expiry {
	e := Expiry{Address: t.Address.ends(counts.Address, now), Account: t.Account.ends(counts.Account, now)}
	if counts.KnownUntil.After(e.Address) {
		e.Address = counts.KnownUntil
	}
	return e
}

// ends is when the window of the failures ends; without a failure, as if it began now.
func (p BackoffPolicy) ends(count FailureCount, now time.Time) time.Time {
	if count.Failures == 0 {
		return now.Add(p.Window)
	}
	return count.Since.Add(p.Window)
}

// noJitter leaves a delay as it is: the person is told when the next attempt may come.
const noJitter = 0.5

// opens is when the next attempt may come.
func (p BackoffPolicy) opens(count FailureCount, now time.Time) time.Time {
	end := count.Since.Add(p.Window)
	switch {
	case count.Failures < p.Free || !now.Before(end):
		return now
	case p.Max > 0 && count.Failures >= p.Max:
		return end
	}
	return count.Last.Add(p.Delay.After(count.Failures-p.Free+1, noJitter))
}

func (p BackoffPolicy) add(count FailureCount, now time.Time) FailureCount {
	if !now.Before(count.Since.Add(p.Window)) {
		count = FailureCount{Since: now}
	}
	return FailureCount{Failures: count.Failures + 1, Since: count.Since, Last: now}
}
