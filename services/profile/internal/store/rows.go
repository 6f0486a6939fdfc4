package store

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// What rows encrypt: the domain's values as JSON, with enums by name.
type (
	personData struct {
		domain.Person
		Gender string
	}
	documentData struct {
		domain.Document
		Type string
	}
	addressData struct {
		domain.Address
		Type string
	}
	// snapshotData is what a snapshot's row encrypts.
	snapshotData struct {
		Person   domain.Versioned[personData]
		Passport domain.Versioned[documentData]
	}
)

func personRow(p domain.Person) personData { return personData{Person: p, Gender: enumName(p.Gender)} }

func (d personData) value() domain.Person {
	d.Person.Gender = profilev1.Gender(profilev1.Gender_value[d.Gender])
	return d.Person
}

func documentRow(v domain.Document) documentData {
	return documentData{Document: v, Type: enumName(v.Type)}
}

func (d documentData) value() domain.Document {
	d.Document.Type = profilev1.DocumentType(profilev1.DocumentType_value[d.Type])
	return d.Document
}

func addressRow(v domain.Address) addressData { return addressData{Address: v, Type: enumName(v.Type)} }

func (d addressData) value() domain.Address {
	d.Address.Type = profilev1.AddressType(profilev1.AddressType_value[d.Type])
	return d.Address
}

// versioned is the same version of the value in another form.
func versioned[From, To any](v domain.Versioned[From], to func(From) To) domain.Versioned[To] {
	return domain.Versioned[To]{ID: v.ID, Version: v.Version, Value: to(v.Value)}
}

// enumName is the name of an enum's value, empty for its zero.
func enumName(e protoreflect.Enum) string {
	if e.Number() == 0 {
		return ""
	}
	return string(e.Descriptor().Values().ByNumber(e.Number()).Name())
}
