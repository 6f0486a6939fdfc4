package components

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/internal/i18n"
)

// FieldError is one refusal on a page.
type FieldError struct {
	// Field is the form field's name; a path such as "person.birth_date" means its last part. Empty: the refusal
	// is about the form as a whole.
	Field  string
	Reason errs.Reason
	// Params fill the text: see i18n.Localizer.Reason.
	Params map[string]string
}

// Problems turns a service's refusal into what a page shows: its wrong fields, or else the refusal itself at
// the given field ("" for the form as a whole).
func Problems(err *errs.Error, field string) []FieldError {
	if len(err.Fields) == 0 {
		return []FieldError{{Field: field, Reason: err.Reason, Params: i18n.Params(err)}}
	}
	out := make([]FieldError, 0, len(err.Fields))
	for _, f := range err.Fields {
		out = append(out, FieldError{Field: f.Name, Reason: f.Reason, Params: i18n.FieldParams(err, f)})
	}
	return out
}

func (e FieldError) field() string { return e.Field[strings.LastIndexByte(e.Field, '.')+1:] }

// problem is a FieldError in words.
type problem struct{ field, title, detail string }

// problems are all errors in words, for the summary.
func (p Page) problems() []problem {
	out := make([]problem, 0, len(p.Errors))
	for _, e := range p.Errors {
		out = append(out, p.problem(e))
	}
	return out
}

// problem titles a field's error with the field's label.
func (p Page) problem(e FieldError) problem {
	field := e.field()
	if field == "" {
		title, detail := p.Reason(e.Reason, e.Params)
		return problem{title: title, detail: detail}
	}
	detail := p.Words.Typeset(p.Words.FieldReason(field, e.Reason, e.Params))
	return problem{field: field, title: p.T("field." + field), detail: detail}
}

// summaryTitle asks to correct only where there is a field to correct.
func (p Page) summaryTitle() string {
	for _, e := range p.Errors {
		if e.Field != "" {
			return p.T("layout.summary")
		}
	}
	return p.T("layout.summary_refused")
}

// wrong are the texts at one field; what has no field has none.
func (p Page) wrong(field string) []string {
	var out []string
	if field == "" {
		return out
	}
	for _, pr := range p.problems() {
		if pr.field == field {
			out = append(out, pr.detail)
		}
	}
	return out
}
