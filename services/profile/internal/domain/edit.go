// Package domain decides what may be written on a card, and when a card may be submitted.
package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Change is one field and what was typed into it; an empty value clears the field.
type Change struct{ Field, Value string }

// Edit is what somebody wants changed.
type Edit []Change

// Rules are what a value is checked against besides itself.
type Rules struct {
	Today identifiers.Today
	// Sandbox refuses SNILS that a living person may have.
	Sandbox bool
}

// apply sets every field of the edit and tells all that are wrong, named as in the request.
func (e Edit) apply(prefix string, set func(field, value string) error) errs.Fields {
	var wrong errs.Fields
	for _, c := range e {
		wrong.Check(prefix+c.Field, set(c.Field, c.Value))
	}
	return wrong
}

// gap is a required field, and whether it is missing.
type gap struct {
	field string
	empty bool
}

// note adds the gap to what is wrong, unless the value typed there is wrong already.
func (g gap) note(wrong errs.Fields) errs.Fields {
	if g.empty && !has(wrong, g.field) {
		wrong.Add(g.field, errorsv1.Reason_FIELD_REQUIRED)
	}
	return wrong
}

func has(wrong errs.Fields, name string) bool {
	return slices.ContainsFunc(wrong, func(f errs.Field) bool { return f.Name == name })
}

// optional reads a field that may be empty.
func optional[T any](value string, parse func(string) (T, error)) (T, error) {
	if strings.TrimSpace(value) == "" {
		var none T
		return none, nil
	}
	return parse(value)
}

func text(limit int) func(string) (string, error) {
	return func(s string) (string, error) { return identifiers.ParseText(s, limit) }
}

func printable(limit int) func(string) (string, error) {
	return func(s string) (string, error) { return identifiers.ParsePrintable(s, limit) }
}

// sameType lets a type be repeated and refuses to change it.
func sameType(typ fmt.Stringer, value string) error {
	if value == "" || value == typ.String() {
		return nil
	}
	return errs.Problem{Reason: errorsv1.Reason_FIELD_NOT_EDITABLE}
}

func unknownField() error { return errs.Problem{Reason: errorsv1.Reason_FIELD_UNKNOWN} }
