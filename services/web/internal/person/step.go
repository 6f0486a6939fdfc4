package person

import (
	"maps"
	"slices"
	"strings"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// step asks for one thing.
func (f feature) step(s profiles.Step) page.Handler {
	return func(r *page.Request) error {
		c, err := f.card(r)
		switch {
		case err != nil:
			return err
		case c.locked():
			r.Redirect(paths.Person)
			return nil
		case s.Name == profiles.StepPassport && profiles.Foreign(c.answers):
			r.Redirect(paths.PersonForeign)
			return nil
		}
		m := Step{Name: s.Name, Answers: shownFor(s, c.answers), Seen: version(s, c.answers)}
		if r.Typed() {
			m.Answers = typed(r, s)
		} else {
			fillIn(m.Answers, r.Persona())
		}
		if r.IsPost() {
			if done, err := f.take(r, s, c, m.Answers); err != nil || done {
				return err
			}
		}
		if r.Has(errorsv1.Reason_PRECONDITION_FAILED) {
			m.Saved = s.Facts(r.Page, c.answers)
		}
		m.Page, m.Doubts = r.Page, c.doubts(r.Page)
		return r.Render(m)
	}
}

// shownFor are the page's fields as they are typed.
func shownFor(s profiles.Step, answers map[string]string) map[string]string {
	out := map[string]string{}
	for _, field := range s.Fields {
		out[field] = profiles.TypedAs(field, answers[field])
	}
	return out
}

func typed(r *page.Request, s profiles.Step) map[string]string {
	out := map[string]string{}
	for _, field := range s.Fields {
		out[field] = r.Field(field)
	}
	if g := out["gender"]; g != "" && profilev1.Gender_value[g] == 0 {
		out["gender"] = "" // no answer of the form
	}
	return out
}

// take saves what was typed and goes on. Whoever stops here finds what cannot be saved yet when the page is opened again.
func (f feature) take(r *page.Request, s profiles.Step, c card, answers map[string]string) (done bool, err error) {
	later := r.Action() == actionLater
	if !later {
		for _, field := range s.Gaps(answers) {
			r.Wrong(field, errorsv1.Reason_FIELD_REQUIRED)
		}
	}
	if err := f.save(r, s, c, answers); err != nil {
		if !r.Refused(err, "") {
			return false, err
		}
	}
	r.Page.Errors = onPages(r.Page.Errors, answers[profiles.FieldPassport])
	switch {
	case len(r.Page.Errors) == 0 && later:
		r.Redirect(paths.Cabinet + "?saved=data")
		return true, nil
	case len(r.Page.Errors) == 0:
		r.Redirect(after(r, s, c, answers))
		return true, nil
	case later && !r.Has(errorsv1.Reason_PRECONDITION_FAILED):
		return true, r.PutAside(paths.Cabinet + "?saved=draft")
	default:
		return false, nil
	}
}

// after is where a page leads: back to the summary that it was opened from, or on to the next that lacks something.
func after(r *page.Request, s profiles.Step, c card, answers map[string]string) string {
	now := maps.Clone(c.answers)
	for field, value := range answers {
		now[field] = canonical(field, value)
	}
	switch {
	case profiles.Foreign(now) && !profiles.Foreign(c.answers):
		return paths.PersonForeign
	case r.URL.Query().Get("change") != "":
		return paths.Person
	}
	for _, next := range profiles.Steps() {
		if next.Name == s.Name || len(next.Gaps(now)) == 0 {
			continue
		}
		if profiles.Foreign(now) {
			return paths.PersonForeign
		}
		return paths.PersonStep(next.Name)
	}
	return paths.Person
}

// onPages are the errors by the pages' fields, each once and in the fields' order: the series and the number are one field
// here, and half of it is not nothing.
func onPages(all []components.FieldError, passport string) []components.FieldError {
	var out []components.FieldError
	for _, e := range all {
		switch e.Field = e.Field[strings.LastIndexByte(e.Field, '.')+1:]; e.Field {
		case "series", "number":
			e.Field = profiles.FieldPassport
			if e.Reason == errorsv1.Reason_FIELD_REQUIRED && passport != "" {
				e.Reason = errorsv1.Reason_FIELD_MALFORMED
			}
		}
		same := func(o components.FieldError) bool { return o.Reason == e.Reason && o.Field == e.Field }
		if !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	fields := profiles.Fields()
	slices.SortStableFunc(out, func(a, b components.FieldError) int {
		return slices.Index(fields, a.Field) - slices.Index(fields, b.Field)
	})
	return out
}
