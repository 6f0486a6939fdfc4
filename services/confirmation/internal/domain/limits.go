package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Limits bound letters and their codes.
type Limits struct {
	// CodeLife is how long a letter's code can be used.
	CodeLife time.Duration
	// ReorderAfter is how long after an order the next one may come.
	ReorderAfter time.Duration
	// OrdersPerWindow bounds the orders in OrderWindow.
	OrdersPerWindow int
	OrderWindow     time.Duration
	// TriesPerWindow bounds the wrong codes of an account in TryWindow, TriesPerLetter those of one letter.
	TriesPerWindow int
	TryWindow      time.Duration
	TriesPerLetter int
}

// CheckOrder refuses an order that comes too soon or exceeds the limit; orders are those in the window, newest first.
func (l Limits) CheckOrder(orders []time.Time, now time.Time) error {
	if len(orders) > 0 {
		if next := orders[0].Add(l.ReorderAfter); now.Before(next) {
			return errs.New(errorsv1.Reason_LETTER_ALREADY_ORDERED, "a letter was ordered not long ago").
				After(next.Sub(now))
		}
	}
	if len(orders) >= l.OrdersPerWindow {
		free := orders[l.OrdersPerWindow-1].Add(l.OrderWindow)
		return errs.New(errorsv1.Reason_LETTER_LIMIT, "too many letters").After(free.Sub(now))
	}
	return nil
}

// FailureCount counts the wrong codes of an account and of the letter whose code it may type.
type FailureCount struct {
	// Recent are the times of the account's last wrong codes, oldest first.
	Recent []time.Time
	// LetterTries are the wrong codes typed while the letter was the account's live one; HasLetter says that it has one.
	LetterTries int
	HasLetter   bool
}

// Check refuses a code when the attempts are used up.
func (l Limits) Check(f FailureCount, now time.Time) error {
	recent := l.within(f.Recent, now)
	switch {
	case f.HasLetter && f.LetterTries >= l.TriesPerLetter:
		return exhausted("the letter's tries are used up: order another letter")
	case len(recent) >= l.TriesPerWindow:
		oldest := recent[len(recent)-l.TriesPerWindow]
		return exhausted("too many wrong codes in a short time").After(oldest.Add(l.TryWindow).Sub(now))
	}
	return nil
}

// AfterWrong is the count after one more wrong code.
func (l Limits) AfterWrong(f FailureCount, now time.Time) FailureCount {
	return FailureCount{
		Recent:      append(l.within(f.Recent, now), now),
		LetterTries: f.LetterTries + 1,
		HasLetter:   f.HasLetter,
	}
}

// Wrong is the refusal of a wrong code, given the count after it.
func (l Limits) Wrong(after FailureCount, now time.Time) error {
	if err := l.Check(after, now); err != nil {
		return err
	}
	left := l.TriesPerWindow - len(l.within(after.Recent, now))
	if after.HasLetter {
		left = min(left, l.TriesPerLetter-after.LetterTries)
	}
	return errs.New(errorsv1.Reason_CONFIRMATION_CODE_WRONG, "the code is not one of a live letter").
		Leaving(left)
}

// within leaves out the tries before the window.
func (l Limits) within(tries []time.Time, now time.Time) []time.Time {
	var out []time.Time
	for _, t := range tries {
		if now.Sub(t) < l.TryWindow {
			out = append(out, t)
		}
	}
	return out
}

func exhausted(message string) *errs.Error {
	return errs.New(errorsv1.Reason_CONFIRMATION_ATTEMPTS_EXHAUSTED, message)
}
