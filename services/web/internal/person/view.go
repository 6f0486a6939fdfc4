package person

import (
	"cmp"
	"slices"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// input is a field with what is typed there, and with what registries say against it before its hint.
func (m Step) input(name string, f components.Input) components.Input {
	f.Name = name
	f.Value = cmp.Or(f.Value, m.Answers[name])
	f.Hint = identifiers.JoinNonEmpty(" ", m.Doubts[name], f.Hint)
	return f
}

// number is the page's place among all, from 1 on.
func (m Step) number() int {
	return 1 + slices.IndexFunc(profiles.Steps(), func(s profiles.Step) bool { return s.Name == m.Name })
}

func (m Step) names() []string {
	steps := profiles.Steps()
	out := make([]string, 0, len(steps))
	for _, s := range steps {
		out = append(out, m.T("step."+s.Name+".name"))
	}
	return out
}
