package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Limits keep verification from being used to find out whose numbers are whose. They slow down who fails: the account and
// the address of a submission that did not match, never the number, whose owner has done nothing.
type Limits struct {
	// NotMatched is how many verifications of an account may end in a mismatch within Window.
	NotMatched int
	Window     time.Duration
	// AddressFree mismatches from one address within AddressWindow are free, whosever accounts they are; each further one
	// delays the next submission from there, counted from the last mismatch.
	AddressFree   int
	AddressDelay  backoff.Exponential
	AddressWindow time.Duration
	// Budget is how many mismatches all accounts may have within BudgetWindow. Over it those wait who had one before: by
	// themselves or their address.
	Budget       int
	BudgetWindow time.Duration
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
	return errs.New(errorsv1.Reason_ALREADY_VERIFIED, "the person is verified")
}

// ErrPending refuses a second verification while one is pending.
func ErrPending() *errs.Error {
	return errs.New(errorsv1.Reason_VERIFICATION_PENDING, "a verification is under way")
}

func limited(wait time.Duration) error {
	return errs.New(errorsv1.Reason_VERIFICATION_LIMIT, "too many submissions did not match").After(wait)
}

// AddressHistory is what came of the submissions from an address.
type AddressHistory struct {
	// NotMatched did not match within the window, the last of them at Last.
	NotMatched int
	Last       time.Time
	// Pending are other accounts' submissions under way: each may become a mismatch.
	Pending int
}

// answerTime is about how long registries that work take to answer a submission, and account to accept it.
const answerTime = time.Minute

// CheckAddress refuses an address from which too much did not match, for longer each time, or from which so much is
// under way that it may become too much. Beyond the free mismatches one submission is under way at a time.
func (l Limits) CheckAddress(h AddressHistory, now time.Time) error {
	if err := l.checkMismatches(h, now); err != nil {
		return err
	}
	if h.Pending >= max(l.AddressFree-h.NotMatched, 1) {
		return limited(answerTime)
	}
	return nil
}

func (l Limits) checkMismatches(h AddressHistory, now time.Time) error {
	if h.NotMatched < l.AddressFree {
		return nil
	}
	const noJitter = 0.5
	opens := h.Last.Add(l.AddressDelay.After(h.NotMatched-l.AddressFree+1, noJitter))
	if now.Before(opens) {
		return limited(opens.Sub(now))
	}
	return nil
}

// CheckBudget refuses who failed before while the installation's budget is used up; oldest is when the mismatch ended
// that the budget has room for once it is out of the window.
func (l Limits) CheckBudget(oldest time.Time, failedBefore bool, now time.Time) error {
	if !l.OverBudget(oldest, now) || !failedBefore {
		return nil
	}
	return limited(oldest.Add(l.BudgetWindow).Sub(now))
}

// OverBudget says whether the installation's budget is used up.
func (l Limits) OverBudget(oldest, now time.Time) bool { return now.Before(oldest.Add(l.BudgetWindow)) }
