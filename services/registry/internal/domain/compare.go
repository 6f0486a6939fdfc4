package domain

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Mismatch is a group of data that differs; which value a registry has instead is never said.
type Mismatch int

// The groups, as in propusk.registry.v1.
const (
	NotFound Mismatch = iota + 1
	NameDiffers
	BirthDateDiffers
	GenderDiffers
	IssueDiffers
	PassportInvalid
	Deceased
)

// PensionQuestion is whom the pension fund is asked about.
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

// compare lists what the pension fund has otherwise.
func (q PensionQuestion) compare(known Person) []Mismatch {
	out := compareBasics(q.Name, q.Birth, known)
	if q.Gender != known.Gender {
		out = append(out, GenderDiffers)
	}
	return out
}

// compare lists what the passport register has otherwise; known holds or held the passport.
func (q PassportQuestion) compare(known Person) []Mismatch {
	out := compareBasics(q.Name, q.Birth, known)
	held, inForce, _ := known.holds(q.Passport)
	if q.Issued != held.Issued || q.IssueCode != held.IssueCode {
		out = append(out, IssueDiffers)
	}
	if !inForce {
		out = append(out, PassportInvalid)
	}
	return out
}

func compareBasics(n Name, birth identifiers.Date, known Person) []Mismatch {
	var out []Mismatch
	if !n.same(known.Name) {
		out = append(out, NameDiffers)
	}
	if birth != known.Birth {
		out = append(out, BirthDateDiffers)
	}
	return out
}

// same compares as clerks do: case, ё and е, spaces and hyphens make no difference. A patronymic left out
// does.
func (n Name) same(other Name) bool {
	return fold(n.Last) == fold(other.Last) && fold(n.First) == fold(other.First) &&
		fold(n.Middle) == fold(other.Middle)
}

// fold writes a name the way it is compared. Й and ё may come as a letter with a combining mark.
func fold(s string) string {
	return strings.NewReplacer("и\u0306", "й", "ё", "е", "\u0308", "", " ", "", "\u00a0", "", "-", "", "‐", "", "‑", "",
		"–", "", "—", "").Replace(strings.ToLower(s))
}
