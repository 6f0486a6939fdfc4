package domain

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Address is where a letter goes.
type Address struct {
	PostalCode, Region, City, Street, House, Flat string
}

// Check refuses an incomplete address. A village may have no streets, a house no flats.
func (a Address) Check() error {
	var fields errs.Fields
	_, err := identifiers.ParsePostIndex(a.PostalCode)
	fields.Check("address.postal_code", err)
	for name, value := range map[string]string{"address.city": a.City, "address.house": a.House} {
		if strings.TrimSpace(value) == "" {
			fields.Add(name, errorsv1.Reason_FIELD_REQUIRED)
		}
	}
	return fields.Err()
}

// Line is the address in one line, postal code first.
func (a Address) Line() string {
	return identifiers.JoinNonEmpty(", ", a.PostalCode, a.region(), a.City, a.Street, a.house(), a.flat())
}

// Lines is the address as on an envelope: street and house, town, region, postal code.
func (a Address) Lines() []string {
	var out []string
	for _, line := range []string{identifiers.JoinNonEmpty(", ", a.Street, a.house(), a.flat()), a.City, a.region(), a.PostalCode} {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// region is left out where the city is a region of its own: Moscow.
func (a Address) region() string {
	if strings.EqualFold(a.Region, a.City) {
		return ""
	}
	return a.Region
}

func (a Address) house() string { return prefixed("д. ", a.House) }
func (a Address) flat() string  { return prefixed("кв. ", a.Flat) }

func prefixed(prefix, value string) string {
	if value == "" {
		return ""
	}
	return prefix + value
}
