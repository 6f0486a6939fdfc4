package api

import (
	"github.com/google/uuid"
	"google.golang.org/protobuf/reflect/protoreflect"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// id reads an identifier; what is none names nothing, so that it is not found.
func id(s string) uuid.UUID {
	parsed, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil
	}
	return parsed
}

func person(p app.Shown[domain.Person]) *profilev1.Person {
	v := p.Value
	out := &profilev1.Person{
		LastName: v.LastName, FirstName: v.FirstName, MiddleName: v.MiddleName,
		BirthDate: v.BirthDate.String(), BirthPlace: v.BirthPlace, Citizenship: string(v.Citizenship),
		Snils: string(v.SNILS), State: state(p.State), Etag: p.ETag(),
	}
	if v.Gender != "" {
		out.Gender = profilev1.Gender(profilev1.Gender_value[string(v.Gender)]).Enum()
	}
	return out
}

func document(d app.Shown[domain.Document]) *profilev1.Document {
	v := d.Value
	return &profilev1.Document{
		Id: d.ID.String(), Type: profilev1.DocumentType(profilev1.DocumentType_value[v.Type]),
		Series: v.Series, Number: v.Number, IssueDate: v.IssueDate.String(), IssuedBy: v.IssuedBy,
		IssueCode: string(v.IssueCode), State: state(d.State), Etag: d.ETag(),
	}
}

func address(a domain.Kept[domain.Address]) *profilev1.Address {
	v := a.Value
	return &profilev1.Address{
		Id: a.ID.String(), Type: profilev1.AddressType(profilev1.AddressType_value[v.Type]),
		PostalCode: string(v.PostalCode), Region: v.Region, City: v.City, Street: v.Street,
		House: v.House, Flat: v.Flat, Etag: a.ETag(),
	}
}

func snapshot(s domain.Snapshot) *profilev1.Snapshot {
	return &profilev1.Snapshot{
		SnapshotId: s.ID.String(), AccountId: s.AccountID.String(), State: state(s.State),
		Person:   person(app.Shown[domain.Person]{Kept: s.Person, State: s.State}),
		Passport: document(app.Shown[domain.Document]{Kept: s.Passport, State: s.State}),
	}
}

func card(c app.Card) *profilev1.Card {
	return &profilev1.Card{
		Person: person(c.Person), Documents: all(c.Documents, document), Addresses: all(c.Addresses, address),
		UnprovenPhone: string(c.Contacts.Phone), UnprovenEmail: string(c.Contacts.Email),
	}
}

func state(s domain.State) profilev1.DataState {
	return profilev1.DataState(profilev1.DataState_value[string(s)])
}

// kind is the name of an enum's value, empty for its zero.
func kind(e protoreflect.Enum) string { return enumName(e.Descriptor(), e.Number()) }

func all[From, To any](list []From, convert func(From) To) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}
