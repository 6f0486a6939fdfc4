package domain

import (
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// Person is the card: each field in normal form, or empty while it is unknown. Rows hold it as JSON under these names, so
// that renaming one needs a migration; the same goes for Document and Address.
type Person struct {
	LastName, FirstName, MiddleName string
	Gender                          profilev1.Gender
	BirthDate                       identifiers.Date
	BirthPlace                      string
	Citizenship                     identifiers.Country
	SNILS                           identifiers.SNILS
}

// gaps are the fields that the registries need; not everybody has a patronymic.
func (p Person) gaps() []gap {
	return []gap{
		{"person.last_name", p.LastName == ""},
		{"person.first_name", p.FirstName == ""},
		{"person.gender", p.Gender == profilev1.Gender_GENDER_UNSPECIFIED},
		{"person.birth_date", p.BirthDate.IsZero()},
		{"person.birth_place", p.BirthPlace == ""},
		{"person.citizenship", p.Citizenship == ""},
		{"person.snils", p.SNILS == ""},
	}
}

// Contacts are those that sign-up did not prove.
type Contacts struct {
	Phone identifiers.Phone
	Email identifiers.Email
}

// Apply is the card after the edit, or every field that is wrong. Fields may be filled one by one; only the
// name, which sign-up asks for, cannot be emptied.
func (p Person) Apply(e Edit, r Rules) (Person, error) {
	wrong := e.apply("person.", func(field, value string) error { return setPerson(&p, field, value, r) })
	return p, wrong.Err()
}

// Canonical is the card with its names as registries have them, which an earlier version stored as they were typed; or
// every name that no registry can have.
func (p Person) Canonical() (Person, error) {
	names := Edit{{"last_name", p.LastName}, {"first_name", p.FirstName}, {"middle_name", p.MiddleName}}
	return p.Apply(names, Rules{})
}

func setPerson(p *Person, field, value string, r Rules) (err error) {
	switch field {
	case "last_name":
		p.LastName, err = identifiers.ParseName(value)
	case "first_name":
		p.FirstName, err = identifiers.ParseName(value)
	case "middle_name":
		p.MiddleName, err = optional(value, identifiers.ParseName)
	case "gender":
		p.Gender, err = optional(value, parseGender)
	case "birth_date":
		p.BirthDate, err = optional(value, r.birthDate)
	case "birth_place":
		p.BirthPlace, err = optional(value, text(identifiers.MaxPlace))
	case "citizenship":
		p.Citizenship, err = optional(value, identifiers.ParseCountry)
	case "snils":
		p.SNILS, err = optional(value, r.snils)
	default:
		err = unknownField()
	}
	return err
}

func parseGender(s string) (profilev1.Gender, error) {
	gender := profilev1.Gender(profilev1.Gender_value[s])
	if gender == profilev1.Gender_GENDER_UNSPECIFIED {
		return gender, errs.Problem{Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE}
	}
	return gender, nil
}

func (r Rules) birthDate(s string) (identifiers.Date, error) {
	d, err := identifiers.ParseDate(s)
	if err != nil {
		return d, err
	}
	return d, identifiers.CheckHolderBirth(d, r.Today)
}

func (r Rules) snils(s string) (identifiers.SNILS, error) {
	n, err := identifiers.ParseSNILS(s)
	if err == nil && r.Sandbox && n.RealLooking() {
		err = errs.Problem{Reason: errorsv1.Reason_SNILS_REAL_IN_SANDBOX}
	}
	return n, err
}

// ParseContacts reads contacts that may be missing.
func ParseContacts(phone, email string) (c Contacts, err error) {
	var wrong errs.Fields
	c.Phone, err = optional(phone, identifiers.ParsePhone)
	wrong.Check("unproven_phone", err)
	c.Email, err = optional(email, identifiers.ParseEmail)
	wrong.Check("unproven_email", err)
	return c, wrong.Err()
}
