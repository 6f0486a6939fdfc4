package domain

import "github.com/propusk-id/propusk/pkg/identifiers"

// Gender as passports have it: "M" or "F".
type Gender string

// The two genders of Russian passports.
const (
	Male   Gender = "M"
	Female Gender = "F"
)

// Name is a person's full name; Middle, the patronymic, may be empty.
type Name struct{ Last, First, Middle string }

// Person is everything that the forms ask of a citizen.
type Person struct {
	Name
	Gender      Gender
	Birth       identifiers.Date
	BirthPlace  string
	Citizenship string // ISO 3166 alpha-3
	SNILS       identifiers.SNILS
	// Passports are all that were ever issued, oldest first; the last one is in force.
	Passports []Passport
	Address   Address
}

// Passport is an internal passport.
type Passport struct {
	identifiers.Passport
	Issued    identifiers.Date
	IssuedBy  string
	IssueCode identifiers.IssueCode
}

// Address is a postal address; Flat may be empty.
type Address struct {
	PostalCode                        identifiers.PostIndex
	Region, City, Street, House, Flat string
}

// Passport is the one in force; the zero Passport before the first is issued.
func (p Person) Passport() Passport {
	if len(p.Passports) == 0 {
		return Passport{}
	}
	return p.Passports[len(p.Passports)-1]
}

// holds finds a passport of this person, in force or replaced.
func (p Person) holds(number identifiers.Passport) (_ Passport, inForce, ok bool) {
	for i, held := range p.Passports {
		if held.Passport == number {
			return held, i == len(p.Passports)-1, true
		}
	}
	return Passport{}, false, false
}
