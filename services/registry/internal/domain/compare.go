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
	Birth      identifiers.Date
	Gender     Gender
	BirthPlace string
}

// PassportQuestion is what the passport register is asked about.
type PassportQuestion struct {
	identifiers.Passport
	Name
	Birth       identifiers.Date
	Issued      identifiers.Date
	IssueCode   identifiers.IssueCode
	IssuedBy    string
	BirthPlace  string
	Citizenship string
	// Gender is empty where whoever asks does not know that it can be asked.
	Gender Gender
}

// Comparison is how a question compares with a register's data.
type Comparison struct {
	// Mismatches are the groups that differ; none is a match.
	Mismatches []Mismatch
	// Vouched are the question's fields that are as the register has them, named as in the contract. Who issued a passport,
	// a birth place and a citizenship are written in many ways: when they differ they are no mismatch, only not vouched for.
	Vouched []string
}

func (c *Comparison) differs(m Mismatch) { c.Mismatches = append(c.Mismatches, m) }

// vouch notes a field when it is filled in and right.
func (c *Comparison) vouch(field, value string, right bool) {
	if right && value != "" {
		c.Vouched = append(c.Vouched, field)
	}
}

// compare compares with the pension fund's data.
func (q PensionQuestion) compare(known Person) Comparison {
	var c Comparison
	c.vouch("snils", string(q.SNILS), true)
	c.basics(q.Name, q.Birth, known)
	if q.Gender != known.Gender {
		c.differs(registryv1.Mismatch_GENDER)
	}
	c.vouch("gender", string(q.Gender), q.Gender == known.Gender)
	c.vouch("birth_place", q.BirthPlace, sameText(q.BirthPlace, known.BirthPlace))
	return c
}

// compare compares with the passport register's data; known holds or held the passport.
func (q PassportQuestion) compare(known Person) Comparison {
	var c Comparison
	held, inForce, _ := known.holds(q.Passport)
	c.vouch("series", q.Series, inForce)
	c.vouch("number", q.Number, inForce)
	c.basics(q.Name, q.Birth, known)
	if q.Gender != "" && q.Gender != known.Gender {
		c.differs(registryv1.Mismatch_GENDER)
	}
	c.vouch("gender", string(q.Gender), q.Gender == known.Gender)
	if q.Issued != held.Issued || q.IssueCode != held.IssueCode {
		c.differs(registryv1.Mismatch_ISSUE)
	}
	c.vouch("issue_date", q.Issued.String(), q.Issued == held.Issued)
	c.vouch("issue_code", string(q.IssueCode), q.IssueCode == held.IssueCode)
	c.vouch("issued_by", q.IssuedBy, sameText(q.IssuedBy, held.IssuedBy))
	c.vouch("birth_place", q.BirthPlace, sameText(q.BirthPlace, known.BirthPlace))
	c.vouch("citizenship", q.Citizenship, q.Citizenship == known.Citizenship)
	if !inForce {
		c.differs(registryv1.Mismatch_INVALID)
	}
	return c
}

// basics compares the name and the birth date, an omitted patronymic being a difference.
func (c *Comparison) basics(n Name, birth identifiers.Date, known Person) {
	last, first := identifiers.SameName(n.Last, known.Last), identifiers.SameName(n.First, known.First)
	middle := identifiers.SameName(n.Middle, known.Middle)
	if !last || !first || !middle {
		c.differs(registryv1.Mismatch_NAME)
	}
	c.vouch("last_name", n.Last, last)
	c.vouch("first_name", n.First, first)
	c.vouch("middle_name", n.Middle, middle)
	if birth != known.Birth {
		c.differs(registryv1.Mismatch_BIRTH_DATE)
	}
	c.vouch("birth_date", birth.String(), birth == known.Birth)
}

func sameText(a, b string) bool { return identifiers.FoldText(a) == identifiers.FoldText(b) }
