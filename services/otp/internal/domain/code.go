package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

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
		return errs.New(errs.Unprocessable, errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED, "that was the last try: ask for a new code")
	}
	return errs.New(errs.Unprocessable, errorsv1.Reason_CODE_WRONG, "the code is wrong").With("attempts", a.Remaining)
}

// Life is how long a code sent by the channel can be used.
func (l Limits) Life(c otpv1.Channel) time.Duration {
	if c == otpv1.Channel_EMAIL {
		return l.LinkLife
	}
	return l.CodeLife
}
