package domain

import (
	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// Mismatch is a group of data that differs; the value that the registry has instead is never disclosed.
type Mismatch = registryv1.Mismatch

// PensionQuestion is what the pension fund is asked about.
type PensionQuestion struct {
	SNILS identifiers.SNILS
	Name
	Birth  identifiers.Date
	Gender Gender
}

// PassportQuestion is what the passport register is asked about.
type PassportQuestion struct {
	identifiers.Passport
	Name
	Birth     identifiers.Date
	Issued    identifiers.Date
	IssueCode identifiers.IssueCode
}

// compare lists what differs from the pension fund's data.
func (q PensionQuestion) compare(known Person) []Mismatch {
	out := compareBasics(q.Name, q.Birth, known)
	if q.Gender != known.Gender {
		out = append(out, registryv1.Mismatch_GENDER)
	}
	return out
}

// compare lists what differs from the passport register's data; known holds or held the passport.
func (q PassportQuestion) compare(known Person) []Mismatch {
	out := compareBasics(q.Name, q.Birth, known)
	held, inForce, _ := known.holds(q.Passport)
	if q.Issued != held.Issued || q.IssueCode != held.IssueCode {
		out = append(out, registryv1.Mismatch_ISSUE)
	}
	if !inForce {
		out = append(out, registryv1.Mismatch_INVALID)
	}
	return out
}

func compareBasics(n Name, birth identifiers.Date, known Person) []Mismatch {
	var out []Mismatch
	if !n.same(known.Name) {
		out = append(out, registryv1.Mismatch_NAME)
	}
	if birth != known.Birth {
		out = append(out, registryv1.Mismatch_BIRTH_DATE)
	}
	return out
}

// same compares the parts of a name; an omitted patronymic differs.
func (n Name) same(other Name) bool {
	return identifiers.SameName(n.Last, other.Last) && identifiers.SameName(n.First, other.First) &&
		identifiers.SameName(n.Middle, other.Middle)
}
