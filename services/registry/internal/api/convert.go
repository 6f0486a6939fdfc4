package api

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/registry/internal/app"
	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

func pensionQuestion(r *registryv1.CheckPensionRequest) (q domain.PensionQuestion, err error) {
	var fields errs.Fields
	q.Name = domain.Name{Last: r.GetLastName(), First: r.GetFirstName(), Middle: r.GetMiddleName()}
	q.Gender, q.BirthPlace = domain.Gender(r.GetGender()), r.GetBirthPlace()
	q.SNILS, err = identifiers.ParseSNILS(r.GetSnils())
	fields.Check("snils", err)
	q.Birth, err = identifiers.ParseDate(r.GetBirthDate())
	fields.Check("birth_date", err)
	return q, fields.Err()
}

func passportQuestion(r *registryv1.CheckPassportRequest) (q domain.PassportQuestion, err error) {
	var fields errs.Fields
	q.Name = domain.Name{Last: r.GetLastName(), First: r.GetFirstName(), Middle: r.GetMiddleName()}
	q.Gender, q.BirthPlace = domain.Gender(r.GetGender()), r.GetBirthPlace()
	q.IssuedBy, q.Citizenship = r.GetIssuedBy(), r.GetCitizenship()
	q.Series, err = identifiers.ParsePassportSeries(r.GetSeries())
	fields.Check("series", err)
	q.Number, err = identifiers.ParsePassportNumber(r.GetNumber())
	fields.Check("number", err)
	q.Issued, err = identifiers.ParseDate(r.GetIssueDate())
	fields.Check("issue_date", err)
	q.IssueCode, err = identifiers.ParseIssueCode(r.GetIssueCode())
	fields.Check("issue_code", err)
	q.Birth, err = identifiers.ParseDate(r.GetBirthDate())
	fields.Check("birth_date", err)
	return q, fields.Err()
}

func checkResponse(found domain.Comparison) *registryv1.CheckResponse {
	return &registryv1.CheckResponse{Mismatches: found.Mismatches, Vouched: &fieldmaskpb.FieldMask{Paths: found.Vouched}}
}

func persona(p app.ListedPerson) *registryv1.Persona {
	return &registryv1.Persona{
		LastName: p.Last, FirstName: p.First, MiddleName: p.Middle, Gender: string(p.Gender),
		BirthDate: p.Birth.String(), BirthPlace: p.BirthPlace, Citizenship: p.Citizenship,
		Snils: string(p.SNILS), Passport: passport(p.Passport()), Address: address(p.Address),
		Fate: p.Scenario, TitleRu: p.TitleRu, TitleEn: p.TitleEn,
	}
}

func passport(p domain.Passport) *registryv1.Passport {
	return &registryv1.Passport{
		Series: p.Series, Number: p.Number, IssueDate: p.Issued.String(),
		IssuedBy: p.IssuedBy, IssueCode: string(p.IssueCode),
	}
}

func address(a domain.Address) *registryv1.Address {
	return &registryv1.Address{
		PostalCode: string(a.PostalCode), Region: a.Region, City: a.City,
		Street: a.Street, House: a.House, Flat: a.Flat,
	}
}
