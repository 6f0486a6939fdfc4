package domain

import (
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// Document is an identity document, each field in normal form.
type Document struct {
	Type           profilev1.DocumentType
	Series, Number string
	IssueDate      identifiers.Date
	IssuedBy       string
	IssueCode      identifiers.IssueCode
}

// NewDocument makes a document; every field is required.
func NewDocument(typ profilev1.DocumentType, e Edit, birth identifiers.Date, r Rules) (Document, error) {
	d, wrong := Document{Type: typ}.apply(e, birth, r)
	for _, g := range append(d.gaps(), gap{"document.type", typ == profilev1.DocumentType_DOCUMENT_TYPE_UNSPECIFIED}) {
		wrong = g.note(wrong)
	}
	return d, wrong.Err()
}

func (d Document) gaps() []gap {
	return []gap{
		{"document.series", d.Series == ""},
		{"document.number", d.Number == ""},
		{"document.issue_date", d.IssueDate.IsZero()},
		{"document.issued_by", d.IssuedBy == ""},
		{"document.issue_code", d.IssueCode == ""},
	}
}

// Apply is the document after the edit, or every field that is wrong; birth is the holder's, if known.
func (d Document) Apply(e Edit, birth identifiers.Date, r Rules) (Document, error) {
	d, wrong := d.apply(e, birth, r)
	return d, wrong.Err()
}

func (d Document) apply(e Edit, birth identifiers.Date, r Rules) (Document, errs.Fields) {
	wrong := e.apply("document.", func(field, value string) error { return setDocument(&d, field, value, r) })
	if len(wrong) == 0 && !birth.IsZero() && !d.IssueDate.IsZero() {
		wrong.Check("document.issue_date", identifiers.CheckPassportDates(birth, d.IssueDate, r.Today))
	}
	return d, wrong
}

func setDocument(d *Document, field, value string, r Rules) (err error) {
	switch field {
	case "type":
		err = sameType(d.Type, value)
	case "series":
		d.Series, err = identifiers.ParsePassportSeries(value)
	case "number":
		d.Number, err = identifiers.ParsePassportNumber(value)
	case "issue_date":
		d.IssueDate, err = r.issueDate(value)
	case "issued_by":
		d.IssuedBy, err = identifiers.ParsePrintable(value, identifiers.MaxIssuer)
	case "issue_code":
		d.IssueCode, err = identifiers.ParseIssueCode(value)
	default:
		err = unknownField()
	}
	return err
}

func (r Rules) issueDate(s string) (identifiers.Date, error) {
	d, err := identifiers.ParseDate(s)
	if err != nil {
		return d, err
	}
	return d, identifiers.CheckIssued(d, r.Today)
}

// DocumentNotFound refuses what does not exist, or belongs to somebody else: nobody learns which.
func DocumentNotFound() error {
	return errs.New(errorsv1.Reason_DOCUMENT_NOT_FOUND, "there is no such document")
}
