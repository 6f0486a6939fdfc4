package domain

import (
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// Snapshot is the card and the passport as they were submitted.
type Snapshot struct {
	ID, AccountID uuid.UUID
	State         profilev1.DataState
	Person        Versioned[Person]
	Passport      Versioned[Document]
}

// CheckEditable refuses edits of identity data that is under verification or verified.
func CheckEditable(s profilev1.DataState) error {
	if s == profilev1.DataState_UNVERIFIED {
		return nil
	}
	return errs.New(errs.Conflict, errorsv1.Reason_VERIFIED_DATA_LOCKED, "the data is under verification or verified").
		With("state", s)
}

// CheckComplete refuses to submit a card or passport with gaps (PERSON_INCOMPLETE), or one whose dates
// have become wrong since they were typed.
func CheckComplete(p Person, d Document, r Rules) error {
	var missing errs.Fields
	for _, g := range append(p.gaps(), d.gaps()...) {
		missing = g.note(missing)
	}
	if len(missing) > 0 {
		e := errs.New(errs.Unprocessable, errorsv1.Reason_PERSON_INCOMPLETE, "the person form has gaps")
		e.Fields = missing
		return e
	}
	return checkDates(p, d, r)
}

func checkDates(p Person, d Document, r Rules) error {
	var wrong errs.Fields
	wrong.Check("person.birth_date", identifiers.CheckHolderBirth(p.BirthDate, r.Today))
	if len(wrong) == 0 {
		wrong.Check("document.issue_date", identifiers.CheckPassportDates(p.BirthDate, d.IssueDate, r.Today))
	}
	return wrong.Err()
}
