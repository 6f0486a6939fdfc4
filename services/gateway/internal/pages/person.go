package pages

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/i18n"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// person is the form with everything that the registries are asked about: the card and the passport.
func (p *Pages) person(v *visit) error {
	person, err := p.greetedPerson(v)
	if err != nil {
		return err
	}
	passport, err := p.passport(v)
	if err != nil {
		return err
	}
	m := personView(person, passport)
	if v.isPost() {
		m = typedPerson(v, m)
		done, err := p.savePerson(v, passport, &m)
		if err != nil || done {
			return err
		}
	}
	if m.State == profilev1.DataState_PENDING.String() {
		if latest, err := p.latestVerification(v); err == nil && latest != nil {
			m.VerificationURL = verificationPath(latest.GetId())
		}
	}
	m.Page = v.page
	return v.show(m)
}

func personView(person *profilev1.Person, passport *profilev1.Document) view.Person {
	m := view.Person{
		State: person.GetState().String(), ETag: person.GetEtag(), PassportETag: passport.GetEtag(),
		LastName: person.GetLastName(), FirstName: person.GetFirstName(), MiddleName: person.GetMiddleName(),
		BirthDate: person.GetBirthDate(), BirthPlace: person.GetBirthPlace(), Citizenship: person.GetCitizenship(),
		SNILS: person.GetSnils(), Series: passport.GetSeries(), Number: passport.GetNumber(),
		IssueDate: passport.GetIssueDate(), IssuedBy: passport.GetIssuedBy(), IssueCode: passport.GetIssueCode(),
	}
	if person.Gender != nil {
		m.Gender = person.GetGender().String()
	}
	return m
}

// typedPerson is the form as it was sent: nothing that was typed is lost when it is refused.
func typedPerson(v *visit, m view.Person) view.Person {
	return view.Person{
		State: m.State, ETag: v.form("etag"), PassportETag: v.form("passport_etag"),
		LastName: v.form("last_name"), FirstName: v.form("first_name"), MiddleName: v.form("middle_name"),
		Gender: v.form("gender"), BirthDate: i18n.ParseDate(v.form("birth_date")), BirthPlace: v.form("birth_place"),
		Citizenship: v.form("citizenship"), SNILS: v.form("snils"),
		Series: v.form("series"), Number: v.form("number"), IssueDate: i18n.ParseDate(v.form("issue_date")),
		IssuedBy: v.form("issued_by"), IssueCode: v.form("issue_code"),
	}
}

// savePerson saves the card and the passport, says all that is wrong with either, and submits when that was asked.
// Either may be saved while the other is refused, so the form goes on from the versions that are saved.
func (p *Pages) savePerson(v *visit, old *profilev1.Document, m *view.Person) (done bool, err error) {
	person, personErr := p.Profiles.UpdatePerson(v.ctx, updatePersonRequest(v.accountID(), *m))
	if personErr == nil {
		m.ETag = person.GetEtag()
	} else if !v.refused(personErr, "") {
		return false, personErr
	}
	passport, passportErr := p.savePassport(v, old, *m)
	if passportErr == nil {
		m.PassportETag = passport.GetEtag()
	} else if !v.refused(passportErr, "") {
		return false, passportErr
	}
	if personErr != nil || passportErr != nil {
		return false, nil
	}
	if v.action() != view.ActionSubmit {
		v.redirect(view.PathCabinet)
		return true, nil
	}
	return p.submit(v)
}

func updatePersonRequest(accountID string, m view.Person) *profilev1.UpdatePersonRequest {
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
func (p *Pages) savePassport(v *visit, old *profilev1.Document, m view.Person) (*profilev1.Document, error) {
	document := &profilev1.Document{
		Type: profilev1.DocumentType_RF_PASSPORT, Series: m.Series, Number: m.Number, IssueDate: m.IssueDate,
		IssuedBy: m.IssuedBy, IssueCode: m.IssueCode,
	}
	if old.GetId() == "" {
		if m.Series+m.Number+m.IssueDate+m.IssuedBy+m.IssueCode == "" {
			return old, nil
		}
		return p.Profiles.CreateDocument(v.ctx, &profilev1.CreateDocumentRequest{AccountId: v.accountID(), Document: document})
	}
	return p.Profiles.UpdateDocument(v.ctx, &profilev1.UpdateDocumentRequest{
		AccountId: v.accountID(), DocumentId: old.GetId(), Document: document, IfMatch: m.PassportETag,
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"series", "number", "issue_date", "issued_by", "issue_code"}},
	})
}

// submit has the registries asked and leads to the page that waits for them.
func (p *Pages) submit(v *visit) (bool, error) {
	started, err := p.Verifications.CreateVerification(v.ctx, &verificationv1.CreateVerificationRequest{AccountId: v.accountID()})
	if err == nil {
		v.redirect(verificationPath(started.GetId()))
		return true, nil
	}
	if errs.Is(err, errorsv1.Reason_VERIFICATION_PENDING) {
		latest, err := p.latestVerification(v)
		if err != nil {
			return false, err
		}
		v.redirect(verificationPath(latest.GetId()))
		return true, nil
	}
	if !v.refused(err, "") {
		return false, err
	}
	return false, nil
}
