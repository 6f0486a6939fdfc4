package person

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// person is the form with everything that the registries are asked about: the card and the passport.
func (f feature) person(r *page.Request) error {
	person, err := profiles.Greet(r, f.Profiles)
	if err != nil {
		return err
	}
	passport, err := profiles.Passport(r, f.Profiles)
	if err != nil {
		return err
	}
	m := personForm(person, passport)
	switch {
	case m.locked():
	case r.Typed():
		m = typedPerson(r, m)
	default:
		m.fillIn(r.Persona())
	}
	if r.IsPost() {
		done, err := f.savePerson(r, passport, &m)
		if err != nil || done {
			return err
		}
	}
	if m.State == profilev1.DataState_PENDING.String() {
		if latest, err := progress.LatestVerification(r, f.Verifications); err == nil && latest != nil {
			m.VerificationURL = paths.Verification(latest.GetId())
		}
	}
	m.Page = r.Page
	return r.Render(m)
}

func personForm(person *profilev1.Person, passport *profilev1.Document) Form {
	m := Form{
		State: person.GetState().String(), ETag: person.GetEtag(), PassportETag: passport.GetEtag(),
		LastName: person.GetLastName(), FirstName: person.GetFirstName(), MiddleName: person.GetMiddleName(),
		BirthDate: person.GetBirthDate(), BirthPlace: person.GetBirthPlace(), Citizenship: person.GetCitizenship(),
		SNILS: person.GetSnils(), Series: passport.GetSeries(), Number: passport.GetNumber(),
		IssueDate: passport.GetIssueDate(), IssuedBy: passport.GetIssuedBy(), IssueCode: passport.GetIssueCode(),
	}
	m.Vouched = slices.Concat(person.GetVerifiedFields().GetPaths(), passport.GetVerifiedFields().GetPaths())
	if person.Gender != nil {
		m.Gender = person.GetGender().String()
	}
	return m
}

// typedPerson is the form as it was sent: nothing that was typed is lost when it is refused.
func typedPerson(r *page.Request, m Form) Form {
	return Form{
		State: m.State, ETag: cmp.Or(r.Field("etag"), m.ETag), PassportETag: cmp.Or(r.Field("passport_etag"), m.PassportETag),
		LastName: r.Field("last_name"), FirstName: r.Field("first_name"), MiddleName: r.Field("middle_name"),
		Gender: r.Field("gender"), BirthDate: i18n.ParseDate(r.Field("birth_date")), BirthPlace: r.Field("birth_place"),
		Citizenship: r.Field("citizenship"), SNILS: r.Field("snils"),
		Series: r.Field("series"), Number: r.Field("number"), IssueDate: i18n.ParseDate(r.Field("issue_date")),
		IssuedBy: r.Field("issued_by"), IssueCode: r.Field("issue_code"),
	}
}

// savePerson saves the card and the passport, says all that is wrong with either, and submits when that was asked.
// Either may be saved while the other is refused, so the form goes on from the versions that are saved.
func (f feature) savePerson(r *page.Request, old *profilev1.Document, m *Form) (done bool, err error) {
	person, personErr := f.Profiles.UpdatePerson(r.Context(), updatePersonRequest(r.AccountID(), *m))
	if personErr == nil {
		m.ETag = person.GetEtag()
	} else if !r.Refused(personErr, "") {
		return false, personErr
	}
	passport, passportErr := f.savePassport(r, old, *m)
	if passportErr == nil {
		m.PassportETag = passport.GetEtag()
	} else if !r.Refused(passportErr, "") {
		return false, passportErr
	}
	if personErr != nil || passportErr != nil {
		return false, nil
	}
	if r.Action() != actionSubmit {
		r.Redirect(paths.Cabinet)
		return true, nil
	}
	return progress.Submit(r, f.Verifications)
}

func updatePersonRequest(accountID string, m Form) *profilev1.UpdatePersonRequest {
	person := &profilev1.Person{
		LastName: m.LastName, FirstName: m.FirstName, MiddleName: m.MiddleName, BirthDate: m.BirthDate,
		BirthPlace: m.BirthPlace, Citizenship: m.Citizenship, Snils: m.SNILS,
	}
	mask := []string{"last_name", "first_name", "middle_name", "birth_date", "birth_place", "citizenship", "snils"}
	if g, ok := profilev1.Gender_value[m.Gender]; ok && g != 0 {
		gender := profilev1.Gender(g)
		person.Gender = &gender
		mask = append(mask, "gender")
	}
	return &profilev1.UpdatePersonRequest{
		AccountId: accountID, Person: person, IfMatch: m.ETag, UpdateMask: &fieldmaskpb.FieldMask{Paths: mask},
	}
}

// savePassport adds the passport or changes it; an empty form is no passport yet, and submitting says all that is missing.
func (f feature) savePassport(r *page.Request, old *profilev1.Document, m Form) (*profilev1.Document, error) {
	document := &profilev1.Document{
		Type: profilev1.DocumentType_RF_PASSPORT, Series: m.Series, Number: m.Number, IssueDate: m.IssueDate,
		IssuedBy: m.IssuedBy, IssueCode: m.IssueCode,
	}
	if old.GetId() == "" {
		if m.Series+m.Number+m.IssueDate+m.IssuedBy+m.IssueCode == "" {
			return old, nil
		}
		return f.Profiles.CreateDocument(r.Context(), &profilev1.CreateDocumentRequest{AccountId: r.AccountID(), Document: document})
	}
	return f.Profiles.UpdateDocument(r.Context(), &profilev1.UpdateDocumentRequest{
		AccountId: r.AccountID(), DocumentId: old.GetId(), Document: document, IfMatch: m.PassportETag,
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"series", "number", "issue_date", "issued_by", "issue_code"}},
	})
}
