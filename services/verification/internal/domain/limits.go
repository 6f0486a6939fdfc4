package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Limits keep verification from being used to find out whose numbers are whose.
type Limits struct {
	// NotMatched is how many verifications of an account may end in a mismatch within Window.
	NotMatched int
	Window     time.Duration
	// FreeTries of one SNILS or passport within NumberWindow, over all accounts, are free; each further one waits:
	// FirstDelay after the last, doubling up to MaxDelay.
	FreeTries            int
	FirstDelay, MaxDelay time.Duration
	NumberWindow         time.Duration
}

// AccountHistory is what an account has tried before.
type AccountHistory struct {
	Pending, Matched bool
	// NotMatched are those within the window; the first of them ended at FirstNotMatched.
	NotMatched      int
	FirstNotMatched time.Time
}

// CheckAccount refuses an account that has a verification, or too many that did not match.
func (l Limits) CheckAccount(h AccountHistory, now time.Time) error {
	switch {
	case h.Matched:
		return ErrVerified()
	case h.Pending:
		return ErrPending()
	case h.NotMatched >= l.NotMatched:
		return limited(h.FirstNotMatched.Add(l.Window).Sub(now))
	}
	return nil
}

// ErrVerified refuses to verify again.
func ErrVerified() error {
	return errs.New(errs.Conflict, errorsv1.Reason_ALREADY_VERIFIED, "the person is verified")
}

// ErrPending refuses a second verification beside the first.
func ErrPending() error {
	return errs.New(errs.Conflict, errorsv1.Reason_VERIFICATION_PENDING, "a verification is under way")
}

func limited(wait time.Duration) error {
	return errs.New(errs.Throttled, errorsv1.Reason_VERIFICATION_LIMIT, "too many submissions did not match").After(wait)
}

// NumberHistory is how often a number was submitted within the window, by anybody, and not matched so far.
type NumberHistory struct {
	Tries   int
	LastTry time.Time
}

// Opens is when the number may be tried again; zero: at once.
func (l Limits) Opens(h NumberHistory) time.Time {
	if h.Tries < l.FreeTries {
		return time.Time{}
	}
	return h.LastTry.Add(doubled(l.FirstDelay, l.MaxDelay, h.Tries-l.FreeTries))
}

// CheckOpen refuses a number that may not be tried yet.
func CheckOpen(opens, now time.Time) error {
	if now.Before(opens) {
		return limited(opens.Sub(now))
	}
	return nil
}

// Backoff is how long to wait before a registry that did not answer is asked again.
type Backoff struct{ First, Max time.Duration }

// After is the wait after so many silences: doubling, and up to a fifth more or less by chance (0 to 1), so that
// not all come at once. What the registry asks for itself is respected, up to the longest wait.
func (b Backoff) After(attempts int, asked time.Duration, chance float64) time.Duration {
	wait := doubled(b.First, b.Max, attempts-1)
	wait = wait*4/5 + time.Duration(float64(wait)*chance*2/5)
	return max(wait, min(asked, b.Max))
}

// doubled is d doubled so many times, up to the limit.
func doubled(d, limit time.Duration, times int) time.Duration {
	for ; times > 0 && d < limit; times-- {
		d *= 2
	}
	return min(d, limit)
}
