package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Evidence is what may raise an account's level.
type Evidence struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Level     accountv1.Level
	// Snapshot is the frozen profile that the evidence is about.
	Snapshot uuid.UUID
	// Claims are the SNILS and the passport that evidence for standard assigns to the account.
	Claims []Identifier
	Method accountv1.Method
}

// Apply is the account after the evidence; raised is false when it already had what the evidence gives. A level
// never falls. Evidence about another snapshot than the account's is void: it may be about another person than
// the one whom the registries know.
func (a Account) Apply(e Evidence, now time.Time) (next Account, raised bool, refusal *errs.Error) {
	next = a
	switch {
	case e.Level == accountv1.Level_STANDARD && a.Level == accountv1.Level_SIMPLIFIED:
		next.Level, next.Snapshot = accountv1.Level_STANDARD, e.Snapshot
		return next, true, nil
	case e.Snapshot != a.Snapshot || a.Level == accountv1.Level_SIMPLIFIED:
		return a, false, Void()
	case e.Level > a.Level:
		next.Level, next.Method, next.ConfirmTime = accountv1.Level_CONFIRMED, e.Method, now
		return next, true, nil
	}
	return a, false, nil
}

// Void refuses evidence that is not about the account as it is.
func Void() *errs.Error {
	return errs.New(errorsv1.Reason_EVIDENCE_VOID, "the evidence is about other data than the account's")
}

// Duplicate refuses a person who already has an account.
func Duplicate() *errs.Error {
	return errs.New(errorsv1.Reason_DUPLICATE_PERSON, "another account already belongs to this person")
}

// Refusal is the decision as it was recorded: nil when the evidence was accepted.
func Refusal(reason string) *errs.Error {
	switch reason {
	case "":
		return nil
	case errorsv1.Reason_DUPLICATE_PERSON.String():
		return Duplicate()
	default:
		return Void()
	}
}
