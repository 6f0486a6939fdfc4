package domain

import (
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// Address is a postal address in Russia. Villages have no streets and houses no flats; a letter needs the rest.
type Address struct {
	Type                profilev1.AddressType
	PostalCode          identifiers.PostIndex
	Region, City        string
	Street, House, Flat string
}

// NewAddress makes an address; what a letter needs is required.
func NewAddress(typ profilev1.AddressType, e Edit) (Address, error) {
	a, wrong := Address{Type: typ}.apply(e)
	for _, g := range []gap{
		{"address.type", typ == profilev1.AddressType_ADDRESS_TYPE_UNSPECIFIED},
		{"address.postal_code", a.PostalCode == ""},
		{"address.region", a.Region == ""},
		{"address.city", a.City == ""},
		{"address.house", a.House == ""},
	} {
		wrong = g.note(wrong)
	}
	return a, wrong.Err()
}

// Apply is the address after the edit, or every field that is wrong.
func (a Address) Apply(e Edit) (Address, error) {
	a, wrong := a.apply(e)
	return a, wrong.Err()
}

func (a Address) apply(e Edit) (Address, errs.Fields) {
	wrong := e.apply("address.", func(field, value string) error { return setAddress(&a, field, value) })
	return a, wrong
}

func setAddress(a *Address, field, value string) (err error) {
	switch field {
	case "type":
		err = sameType(a.Type, value)
	case "postal_code":
		a.PostalCode, err = identifiers.ParsePostIndex(value)
	case "region":
		a.Region, err = identifiers.ParsePrintable(value, identifiers.MaxRegion)
	case "city":
		a.City, err = identifiers.ParsePrintable(value, identifiers.MaxCity)
	case "street":
		a.Street, err = optional(value, printable(identifiers.MaxStreet))
	case "house":
		a.House, err = identifiers.ParsePrintable(value, identifiers.MaxHouse)
	case "flat":
		a.Flat, err = optional(value, printable(identifiers.MaxFlat))
	default:
		err = unknownField()
	}
	return err
}

// AddressNotFound refuses what does not exist, or belongs to somebody else: nobody learns which.
func AddressNotFound() error {
	return errs.New(errorsv1.Reason_ADDRESS_NOT_FOUND, "there is no such address")
}
