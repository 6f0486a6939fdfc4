package person

import (
	"strings"
	"unicode"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// save stores a page's fields. The same as is saved needs no saving, so that a form sent twice acts once; what has changed
// since the page was made is not overwritten unseen.
func (f feature) save(r *page.Request, s profiles.Step, c card, answers map[string]string) error {
	changed := false
	for _, field := range s.Fields {
		changed = changed || canonical(field, answers[field]) != c.answers[field]
	}
	if !changed {
		return nil
	}
	if err := profiles.CheckSeen(r, version(s, c.answers)); err != nil {
		return err
	}
	if s.Name == profiles.StepPassport {
		return f.savePassport(r, c, answers)
	}
	return f.savePerson(r, s, c, answers)
}

// savePerson saves fields of the card; an empty one that registries need is left as it is.
func (f feature) savePerson(r *page.Request, s profiles.Step, c card, answers map[string]string) error {
	var mask []string
	for _, field := range s.Fields {
		if answers[field] != "" || !profiles.Required(field) {
			mask = append(mask, field)
		}
	}
	if len(mask) == 0 {
		return nil
	}
	person := &profilev1.Person{
		LastName: answers["last_name"], FirstName: answers["first_name"], MiddleName: answers["middle_name"],
		BirthDate: i18n.ParseDate(answers["birth_date"]), BirthPlace: answers["birth_place"],
		Citizenship: answers["citizenship"], Snils: answers["snils"],
	}
	if g, ok := profilev1.Gender_value[answers["gender"]]; ok {
		person.Gender = profilev1.Gender(g).Enum()
	}
	_, err := f.Profiles.UpdatePerson(r.Context(), &profilev1.UpdatePersonRequest{
		AccountId: r.AccountID(), Person: person, IfMatch: c.person.GetEtag(), UpdateMask: &fieldmaskpb.FieldMask{Paths: mask},
	})
	return err
}

// savePassport adds the passport or changes it.
func (f feature) savePassport(r *page.Request, c card, answers map[string]string) error {
	series, number := splitPassport(answers[profiles.FieldPassport])
	document := &profilev1.Document{
		Type: profilev1.DocumentType_RF_PASSPORT, Series: series, Number: number,
		IssueDate: i18n.ParseDate(answers["issue_date"]), IssuedBy: answers["issued_by"], IssueCode: answers["issue_code"],
	}
	if c.passport.GetId() == "" {
		_, err := f.Profiles.CreateDocument(r.Context(), &profilev1.CreateDocumentRequest{AccountId: r.AccountID(), Document: document})
		return err
	}
	_, err := f.Profiles.UpdateDocument(r.Context(), &profilev1.UpdateDocumentRequest{
		AccountId: r.AccountID(), DocumentId: c.passport.GetId(), Document: document, IfMatch: c.passport.GetEtag(),
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"series", "number", "issue_date", "issued_by", "issue_code"}},
	})
	return err
}

// splitPassport takes series and number apart, however they are spaced: profile says what is wrong with either.
func splitPassport(typed string) (series, number string) {
	bare := []rune(strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) {
			return -1
		}
		return c
	}, identifiers.Typed(typed)))
	at := min(len(bare), profiles.SeriesDigits)
	return string(bare[:at]), string(bare[at:])
}

// canonical is what was typed as it is saved; what cannot be read is given back as it is.
func canonical(field, typed string) string {
	read, err := typed, error(nil)
	switch field {
	case "last_name", "first_name", "middle_name":
		read, err = identifiers.ParseName(typed)
	case "birth_date", "issue_date":
		read = i18n.ParseDate(typed)
	case "birth_place", "issued_by":
		read = strings.Join(strings.Fields(typed), " ")
	case "snils":
		var n identifiers.SNILS
		n, err = identifiers.ParseSNILS(typed)
		read = string(n)
	case profiles.FieldPassport:
		var p identifiers.Passport
		p, err = identifiers.ParsePassport(typed)
		read = p.Key()
	case "issue_code":
		var code identifiers.IssueCode
		code, err = identifiers.ParseIssueCode(typed)
		read = string(code)
	}
	if err != nil {
		return typed
	}
	return read
}
