package person

import (
	"github.com/propusk-id/propusk/pkg/identifiers"
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
	step profiles.Step
	// name is in words.
	name, state string
}

// The states of a section.
const (
	stateDone  = "done"
	stateTodo  = "todo"
	stateDoubt = "doubt"
)

// kind is how the state is shown: see [components.Tag].
func (s section) kind() string {
	switch s.state {
	case stateDone:
		return "good"
	case stateDoubt:
		return "bad"
	default:
		return "todo"
	}
}

func (m Summary) locked() bool { return m.State != profilev1.DataState_UNVERIFIED.String() }

// next is the first page that lacks something; "": all is filled in.
func (m Summary) next() string { return profiles.FirstGap(m.Answers) }

func (m Summary) foreign() bool { return profiles.Foreign(m.Answers) }

// unfinished says that pages are to be filled in, and nothing is to be looked at again.
func (m Summary) unfinished() bool {
	return !m.locked() && !m.foreign() && m.next() != "" && len(m.Doubts) == 0 && len(m.Errors) == 0
}

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
		out = append(out, section{step: s, name: m.T("step." + s.Name + ".name"), state: m.stateOf(s)})
	}
	return out
}

func (m Summary) stateOf(s profiles.Step) string {
	for _, field := range s.Fields {
		if m.Doubts[field] != "" {
			return stateDoubt
		}
	}
	if len(s.Gaps(m.Answers)) > 0 {
		return stateTodo
	}
	return stateDone
}

// tasks are the pages with what is saved of each; one that is done leads back here.
func (m Summary) tasks() []components.Task {
	var out []components.Task
	for _, s := range m.sections() {
		task := components.Task{
			Title: s.name, URL: paths.PersonStep(s.step.Name), Kind: s.kind(), Status: m.T("person.state_" + s.state),
		}
		if s.state == stateDone {
			task.URL = profiles.ChangePath(s.step.Fields[0])
		}
		var saved []string
		for _, fact := range s.step.Facts(m.Page, m.Answers) {
			saved = append(saved, fact.Value)
		}
		between := ", "
		if s.step.Name == profiles.StepNames {
			between = " "
		}
		task.Hint = identifiers.JoinNonEmpty(between, saved...)
		out = append(out, task)
	}
	return out
}

// lacking is what is to be done about a section; "": nothing.
func (m Summary) lacking(s section) string {
	if m.locked() || s.state == stateDone {
		return ""
	}
	return m.T("person.state_" + s.state)
}

// rows are what is saved of a section; what is missing is left out once it cannot be given any more.
func (m Summary) rows(s section) []components.Answer {
	var out []components.Answer
	for i, fact := range s.step.Facts(m.Page, m.Answers) {
		field := s.step.Fields[i]
		a := components.Answer{Field: field, Name: fact.Name, Value: fact.Value, Doubt: m.Doubts[field]}
		if !m.locked() {
			a.ChangeURL = profiles.ChangePath(field)
		} else if fact.Value == "" {
			continue
		}
		if m.State == profilev1.DataState_VERIFIED.String() && !m.Vouched(field) {
			a.Note = m.T("person.not_vouched")
		}
		out = append(out, a)
	}
	return out
}
