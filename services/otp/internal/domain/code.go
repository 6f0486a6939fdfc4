package domain

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Digits is how long a code is.
const Digits = 6

// linkChars are those of a link's token: 256 bits.
const linkChars = 43

// ReadCode reads a guess as typed or pasted. What cannot be a code is refused and costs nothing; what cannot be a link's
// token is no link.
func ReadCode(f Form, typed string) (string, error) {
	if f == Link {
		token := strings.TrimSpace(identifiers.Typed(typed))
		if len(token) != linkChars {
			return "", NoCode()
		}
		return token, nil
	}
	code, err := identifiers.ParseCode(typed, Digits)
	var wrong errs.Fields
	wrong.Check("code", err)
	return code, wrong.Err()
}

// NoCode refuses a guess when there is no code to guess: expired, spent, voided, or another flow's.
func NoCode() error {
	return errs.New(errorsv1.Reason_CODE_EXPIRED, "there is no such code any more: ask for a new one")
}

// Code is a live code as it is stored: never itself, only its MAC.
type Code struct {
	// ID is the id of the send.
	ID uuid.UUID
	// FlowID is the only flow that may use it.
	FlowID string
	MAC    []byte
	// Decoy: no guess is right.
	Decoy      bool
	ExpireTime time.Time
}

// Attempt is one guess that was decided.
type Attempt struct {
	FlowID, ID string
	SendID     uuid.UUID
	Correct    bool
	// Remaining is how many guesses the code has left after this one.
	Remaining int
}

// Refusal is the answer to the attempt: nil for the right code.
func (a Attempt) Refusal() error {
	switch {
	case a.Correct:
		return nil
	case a.Remaining <= 0:
		return errs.New(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED, "that was the last try: ask for a new code")
	}
	return errs.New(errorsv1.Reason_CODE_WRONG, "the code is wrong").Leaving(a.Remaining)
}

// Life is how long a code of the form can be used.
func (l Limits) Life(f Form) time.Duration {
	if f == Link {
		return l.LinkLife
	}
	return l.CodeLife
}
