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
	// PerShortWindow and PerDay bound the sends to one destination in [ShortWindow] and [Day].
	PerShortWindow, PerDay int
	// PerAddress bounds the sends asked for from one IP address in an hour; PerInstallation all sends of a day.
	PerAddress, PerInstallation int
	// FailuresToLock is how many failures in a row lock a destination for LockFor; FailuresToDisable for good
	// (NIST SP 800-63B-4 §3.2.2: at most 100 consecutive failures), in a sign-up for LockSignUpFor.
	FailuresToLock, FailuresToDisable int
	LockFor, LockSignUpFor            time.Duration
}

// The windows that sends are counted in.
const (
	ShortWindow = 5 * time.Minute
	Hour        = time.Hour
	Day         = 24 * time.Hour
)

// History is what was sent before: to the destination in two windows, from the address, by the installation.
type History struct {
	LastSent                                time.Time
	ShortWindow, Day, Address, Installation Sends
}

// Sends counts those of one window; Oldest is the first of them.
type Sends struct {
	Count  int
	Oldest time.Time
}

// Lockout is how many wrong codes a destination has had and whether it is locked for them.
type Lockout struct {
	// Failures are wrong codes in a row, across codes, flows and channels.
	Failures    int
	LockedUntil time.Time
}

// CheckOpen refuses a destination that is locked or disabled.
func (l Limits) CheckOpen(p otpv1.Purpose, current Lockout, now time.Time) error {
	if l.Disabled(p, current) {
		return errs.New(errs.Denied, errorsv1.Reason_FACTOR_DISABLED, "too many wrong codes: bind the contact again")
	}
	if now.Before(current.LockedUntil) {
		return errs.New(errs.Throttled, errorsv1.Reason_FACTOR_LOCKED, "too many wrong codes in a row").
			After(current.LockedUntil.Sub(now))
	}
	return nil
}

// SendLimit names the limit that a send has reached, for the metrics.
type SendLimit string

// The limits on sending.
const (
	Resend         SendLimit = "resend"
	DestinationNow SendLimit = "destination_5_minutes"
	DestinationDay SendLimit = "destination_day"
	Address        SendLimit = "address"
	Installation   SendLimit = "installation"
)

// SendLimits are all of them.
func SendLimits() []SendLimit {
	return []SendLimit{Resend, DestinationNow, DestinationDay, Address, Installation}
}

// CheckSend refuses a send that comes too early or too often, and names the limit.
func (l Limits) CheckSend(h History, now time.Time) (SendLimit, error) {
	if next := h.LastSent.Add(l.ResendAfter); now.Before(next) {
		return Resend, errs.New(errs.Throttled, errorsv1.Reason_CODE_RESEND_TOO_EARLY, "the last code is too recent").
			After(next.Sub(now))
	}
	for _, w := range []struct {
		name   SendLimit
		sent   Sends
		limit  int
		window time.Duration
	}{
		{DestinationNow, h.ShortWindow, l.PerShortWindow, ShortWindow},
		{DestinationDay, h.Day, l.PerDay, Day},
		{Address, h.Address, l.PerAddress, Hour},
		{Installation, h.Installation, l.PerInstallation, Day},
	} {
		if w.sent.Count >= w.limit {
			return w.name, errs.New(errs.Throttled, errorsv1.Reason_CODE_SEND_LIMIT, "too many codes").
				After(w.sent.Oldest.Add(w.window).Sub(now))
		}
	}
	return "", nil
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

// Disabled says whether the destination stays locked for good. In a sign-up it never does: the codes protect no account
// yet and anybody may have them sent, so disabling would let a stranger keep a phone's owner out for ever.
func (l Limits) Disabled(p otpv1.Purpose, current Lockout) bool {
	return p != otpv1.Purpose_REGISTRATION && current.Failures >= l.FailuresToDisable
}
