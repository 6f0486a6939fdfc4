package person

import (
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// summary shows what is saved and what is still to do, and submits it.
func (f feature) summary(r *page.Request) error {
	c, err := f.card(r)
	if err != nil {
		return err
	}
	if r.IsPost() && r.Action() == actionSubmit {
		if done, err := progress.Submit(r, f.Verifications); err != nil || done {
			return err
		}
		r.Page.Errors = onPages(r.Page.Errors, c.answers[profiles.FieldPassport])
	}
	m := Summary{
		Page: r.Page, State: c.person.GetState().String(), Answers: c.answers, Doubts: c.doubts(r.Page),
		Vouched: profiles.Vouched(c.person, c.passport),
	}
	if c.person.GetState() == profilev1.DataState_PENDING && c.latest != nil {
		m.VerificationURL = paths.Verification(c.latest.GetId())
	}
	return r.Render(m)
}

// foreign tells a foreign citizen what is possible.
func (f feature) foreign(r *page.Request) error {
	c, err := f.card(r)
	if err != nil {
		return err
	}
	if c.locked() || !profiles.Foreign(c.answers) {
		r.Redirect(paths.Person)
		return nil
	}
	return r.Render(Foreign{Page: r.Page, Country: profiles.Shown(r.Page, "citizenship", c.answers["citizenship"])})
}

// section is a page's part of the summary.
type section struct {
	step  profiles.Step
	state string
	rows  []row
}

// row is one field of the summary.
type row struct {
	components.Fact
	field, doubt string
}

// The states of a section.
const (
	stateDone  = "done"
	stateTodo  = "todo"
	stateDoubt = "doubt"
)

func (m Summary) locked() bool { return m.State != profilev1.DataState_UNVERIFIED.String() }

// next is the first page that lacks something; "": all is filled in.
func (m Summary) next() string { return profiles.FirstGap(m.Answers) }

func (m Summary) foreign() bool { return profiles.Foreign(m.Answers) }

func (m Summary) title() string {
	if !m.locked() && !m.foreign() && m.next() == "" {
		return m.T("person.check_title")
	}
	return m.T("person.title")
}

func (m Summary) sections() []section {
	var out []section
	for _, s := range profiles.Steps() {
		if s.Name == profiles.StepPassport && m.foreign() && !m.locked() {
			continue
		}
		out = append(out, m.section(s))
	}
	return out
}

func (m Summary) section(s profiles.Step) section {
	out := section{step: s, state: stateDone}
	if len(s.Gaps(m.Answers)) > 0 {
		out.state = stateTodo
	}
	for i, fact := range s.Facts(m.Page, m.Answers) {
		field := s.Fields[i]
		if m.Doubts[field] != "" {
			out.state = stateDoubt
		}
		if m.State == profilev1.DataState_VERIFIED.String() && fact.Value != "" && !m.Vouched(field) {
			fact.Value += " (" + m.T("person.not_vouched") + ")"
		}
		out.rows = append(out.rows, row{fact, field, m.Doubts[field]})
	}
	return out
}
