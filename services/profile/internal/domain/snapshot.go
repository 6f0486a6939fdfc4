package domain

import (
	"strings"

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
	// Vouched are the fields that a registry vouched for, once the snapshot is verified: "person.last_name",
	// "passport.series".
	Vouched []string
}

// Standing is how far a value has been checked.
type Standing struct {
	State profilev1.DataState
	// Verified are the fields that a registry vouched for, by their names in the contract; the others are what the person
	// typed.
	Verified []string
}

// unchecked is the standing of what was never submitted as it is.
func unchecked() Standing { return Standing{State: profilev1.DataState_UNVERIFIED} }

// OfPerson is the standing of a card, which the snapshot says nothing about when it is of another version.
func (s Snapshot) OfPerson(p Versioned[Person]) Standing {
	if p.ID != s.Person.ID || p.Version != s.Person.Version {
		return unchecked()
	}
	return s.standing("person.")
}

// OfDocument is the standing of a document: only the very one that was submitted is verified with its snapshot.
func (s Snapshot) OfDocument(d Versioned[Document]) Standing {
	if d.ID != s.Passport.ID || d.Version != s.Passport.Version {
		return unchecked()
	}
	return s.standing("passport.")
}

func (s Snapshot) standing(prefix string) Standing {
	out := Standing{State: s.State}
	if s.State != profilev1.DataState_VERIFIED {
		return out
	}
	vouched := s.Vouched
	if len(vouched) == 0 {
		vouched = strings.Fields(decisive)
	}
	for _, path := range vouched {
		if field, ok := strings.CutPrefix(path, prefix); ok {
			out.Verified = append(out.Verified, field)
		}
	}
	return out
}

// decisive are the fields without which no registry says a match: what a version vouched for that named none.
const decisive = "person.last_name person.first_name person.middle_name person.gender person.birth_date person.snils " +
	"passport.series passport.number passport.issue_date passport.issue_code"

// CheckEditable refuses edits of identity data that is under verification or verified.
func CheckEditable(s profilev1.DataState) error {
	if s == profilev1.DataState_UNVERIFIED {
		return nil
	}
	return errs.New(errorsv1.Reason_VERIFIED_DATA_LOCKED, "the data is under verification or verified").
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
		e := errs.New(errorsv1.Reason_PERSON_INCOMPLETE, "the person form has gaps")
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
