// Package domain decides when a code may be sent and what a wrong one costs.
package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

// Limits are the numbers that keep codes from being guessed and messages from being pumped.
type Limits struct {
	// CodeLife and LinkLife are how long a code by SMS and a link by e-mail can be used.
	CodeLife, LinkLife time.Duration
	// TriesPerCode is how many wrong guesses void a code.
	TriesPerCode int
	// ResendAfter is how long a destination waits for its next code.
	ResendAfter time.Duration
	// LiveCodes is how many flows may have a live code at one destination.
	LiveCodes int
	// PerShortWindow and PerDay bound the sends to one destination in [ShortWindow] and [Day].
	PerShortWindow, PerDay int
	// KeptPerDay is how many more of a day are kept for addresses that the destination's owner has used.
	KeptPerDay int
	// PerAddress bounds the sends asked for from one IP address in an hour, PerInstallation all sends of a day: both from the
	// first of them on.
	PerAddress, PerInstallation int
	// FailuresToLock is how many failures in a row lock a destination for LockFor; FailuresToDisable for good
	// (NIST SP 800-63B-4 §3.2.2: at most 100 consecutive failures), and where codes protect no account for LockSignUpFor.
	FailuresToLock, FailuresToDisable int
	LockFor, LockSignUpFor            time.Duration
}

// The windows that sends are counted in.
const (
	ShortWindow = 5 * time.Minute
	Hour        = time.Hour
	Day         = 24 * time.Hour
)

// Counter is how many sends a subject has had in its window, this one included, and since when.
type Counter struct {
	N     int
	Since time.Time
}

// Counters are those of the request's address, for an [Hour], and of the installation, for a [Day].
type Counters struct{ Address, Installation Counter }

// Lockout is how many wrong codes a destination has had, for one purpose, and whether it is locked for them.
type Lockout struct {
	// Failures are wrong codes in a row, across codes, flows and channels.
	Failures    int
	LockedUntil time.Time
}

// CheckOpen refuses a destination that is locked or disabled.
func (l Limits) CheckOpen(p otpv1.Purpose, current Lockout, now time.Time) error {
	if l.Disabled(p, current) {
		return errs.New(errorsv1.Reason_FACTOR_DISABLED, "too many wrong codes: bind the contact again")
	}
	if now.Before(current.LockedUntil) {
		return errs.New(errorsv1.Reason_FACTOR_LOCKED, "too many wrong codes in a row").
			After(current.LockedUntil.Sub(now))
	}
	return nil
}

// SendLimit names the limit that a send has reached, for the metrics.
type SendLimit string

// The limits on sending.
const (
	Resend         SendLimit = "resend"
	LiveCodes      SendLimit = "live_codes"
	DestinationNow SendLimit = "destination_5_minutes"
	DestinationDay SendLimit = "destination_day"
	Address        SendLimit = "address"
	Installation   SendLimit = "installation"
)

// SendLimits are all of them.
func SendLimits() []SendLimit {
	return []SendLimit{Resend, LiveCodes, DestinationNow, DestinationDay, Address, Installation}
}

// For are the limits of a request from an address that the destination's owner has used before, or from any other.
func (l Limits) For(knownAddress bool) Limits {
	if knownAddress {
		l.PerDay += l.KeptPerDay
	}
	return l
}

// CheckDestination refuses a flow's send that comes too early or too often for its destination, and names the limit.
func (l Limits) CheckDestination(sent Sends, flowID string, f Form, now time.Time) (SendLimit, error) {
	if len(sent) > 0 {
		if next := sent[len(sent)-1].At.Add(l.ResendAfter); now.Before(next) {
			return Resend, errs.New(errorsv1.Reason_CODE_RESEND_TOO_EARLY, "the last code is too recent").
				After(next.Sub(now))
		}
	}
	// A link has 256 bits: nobody guesses one, however many there are.
	if live := sent.live(flowID, now.Add(-l.CodeLife)); f == Typed && len(live) >= l.LiveCodes {
		return LiveCodes, tooMany(live[len(live)-l.LiveCodes].Add(l.CodeLife).Sub(now))
	}
	for _, w := range []struct {
		name   SendLimit
		limit  int
		window time.Duration
	}{{DestinationNow, l.PerShortWindow, ShortWindow}, {DestinationDay, l.PerDay, Day}} {
		if in := sent.after(now.Add(-w.window)); len(in) >= w.limit {
			return w.name, tooMany(in[len(in)-w.limit].At.Add(w.window).Sub(now))
		}
	}
	return "", nil
}

// CheckCounters refuses a send that is over the limit of its address or of the installation, and names the limit.
func (l Limits) CheckCounters(c Counters, now time.Time) (SendLimit, error) {
	switch {
	case c.Address.N > l.PerAddress:
		return Address, tooMany(c.Address.Since.Add(Hour).Sub(now))
	case c.Installation.N > l.PerInstallation:
		return Installation, tooMany(c.Installation.Since.Add(Day).Sub(now))
	}
	return "", nil
}

func tooMany(wait time.Duration) error {
	return errs.New(errorsv1.Reason_CODE_SEND_LIMIT, "too many codes").After(wait)
}

// AfterFailure is the lockout after one more wrong code; locked says that this one locked the destination.
func (l Limits) AfterFailure(p otpv1.Purpose, current Lockout, now time.Time) (next Lockout, locked bool) {
	next = Lockout{Failures: current.Failures + 1, LockedUntil: current.LockedUntil}
	switch {
	case l.Disabled(p, next):
	case next.Failures%l.FailuresToDisable == 0:
		next.LockedUntil = now.Add(l.LockSignUpFor)
	case next.Failures%l.FailuresToLock == 0:
		next.LockedUntil = now.Add(l.LockFor)
	default:
		return next, false
	}
	return next, true
}

// Disabled says whether the destination stays locked for good.
func (l Limits) Disabled(p otpv1.Purpose, current Lockout) bool {
	return protectsAccount(p) && current.Failures >= l.FailuresToDisable
}
