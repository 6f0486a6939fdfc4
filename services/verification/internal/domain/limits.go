package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Limits keep verification from being used to find out whose numbers are whose.
type Limits struct {
	// NotMatched is how many verifications of an account may end in a mismatch within Window.
	NotMatched int
	Window     time.Duration
	// FreeTries of one SNILS or passport within NumberWindow, over all accounts, are free; each further one waits for
	// NumberDelay after the last.
	FreeTries    int
	NumberDelay  backoff.Exponential
	NumberWindow time.Duration
}

// AccountHistory summarises the account's earlier verifications.
type AccountHistory struct {
	Pending, Matched bool
	// NotMatched are those within the window; the first of them ended at FirstNotMatched.
	NotMatched      int
	FirstNotMatched time.Time
}

// CheckAccount refuses an account that is verified, has a pending verification, or had too many mismatches.
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

// ErrVerified refuses a person who is verified already.
func ErrVerified() error {
	return errs.New(errs.Conflict, errorsv1.Reason_ALREADY_VERIFIED, "the person is verified")
}

// ErrPending refuses a second verification while one is pending.
func ErrPending() error {
	return errs.New(errs.Conflict, errorsv1.Reason_VERIFICATION_PENDING, "a verification is under way")
}

func limited(wait time.Duration) error {
	return errs.New(errs.Throttled, errorsv1.Reason_VERIFICATION_LIMIT, "too many submissions did not match").After(wait)
}

// NumberHistory is how often anybody submitted a number within the window without a match so far.
type NumberHistory struct {
	Tries   int
	LastTry time.Time
}

// Opens is when all the numbers may be tried again; zero or past: now.
func (l Limits) Opens(histories []NumberHistory) time.Time {
	var latest time.Time
	for _, h := range histories {
		if t := l.opens(h); t.After(latest) {
			latest = t
		}
	}
	return latest
}

func (l Limits) opens(h NumberHistory) time.Time {
	if h.Tries < l.FreeTries {
		return time.Time{}
	}
	const noJitter = 0.5
	return h.LastTry.Add(l.NumberDelay.After(h.Tries-l.FreeTries+1, noJitter))
}

// CheckOpen refuses numbers that may not be tried yet.
func CheckOpen(opens, now time.Time) error {
	if now.Before(opens) {
		return limited(opens.Sub(now))
	}
	return nil
}
