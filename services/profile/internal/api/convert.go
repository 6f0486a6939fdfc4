package api

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/app"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

func person(p app.View[domain.Person]) *profilev1.Person {
	v := p.Value
	out := &profilev1.Person{
		LastName: v.LastName, FirstName: v.FirstName, MiddleName: v.MiddleName,
		BirthDate: v.BirthDate.String(), BirthPlace: v.BirthPlace, Citizenship: string(v.Citizenship),
		Snils: string(v.SNILS), State: p.State, Etag: p.ETag(), VerifiedFields: mask(p.Standing),
	}
	if v.Gender != profilev1.Gender_GENDER_UNSPECIFIED {
		out.Gender = v.Gender.Enum()
	}
	return out
}

func document(d app.View[domain.Document]) *profilev1.Document {
	v := d.Value
	return &profilev1.Document{
		Id: d.ID.String(), Type: v.Type,
		Series: v.Series, Number: v.Number, IssueDate: v.IssueDate.String(), IssuedBy: v.IssuedBy,
		IssueCode: string(v.IssueCode), State: d.State, Etag: d.ETag(), VerifiedFields: mask(d.Standing),
	}
}

func address(a domain.Versioned[domain.Address]) *profilev1.Address {
	v := a.Value
	return &profilev1.Address{
		Id: a.ID.String(), Type: v.Type,
		PostalCode: string(v.PostalCode), Region: v.Region, City: v.City, Street: v.Street,
		House: v.House, Flat: v.Flat, Etag: a.ETag(),
	}
}

func snapshot(s domain.Snapshot) *profilev1.Snapshot {
	return &profilev1.Snapshot{
		SnapshotId: s.ID.String(), AccountId: s.AccountID.String(), State: s.State,
		Person:   person(app.View[domain.Person]{Versioned: s.Person, Standing: s.OfPerson(s.Person)}),
		Passport: document(app.View[domain.Document]{Versioned: s.Passport, Standing: s.OfDocument(s.Passport)}),
	}
}

// mask is left out of data that is not verified. Of verified data an empty one says that no field was vouched for: none would
// be an answer of the version before.
func mask(s domain.Standing) *fieldmaskpb.FieldMask {
	if s.State != profilev1.DataState_VERIFIED {
		return nil
	}
	return &fieldmaskpb.FieldMask{Paths: s.Verified}
}

func card(c app.Card) *profilev1.Card {
	out := &profilev1.Card{
		Documents: all(c.Documents, document), Addresses: all(c.Addresses, address),
		UnprovenPhone: string(c.Contacts.Phone), UnprovenEmail: string(c.Contacts.Email),
	}
	if c.Person != nil {
		out.Person = person(*c.Person)
	}
	return out
}

func all[From, To any](list []From, convert func(From) To) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}
