package verification

import (
	"slices"
	"strings"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// The seconds between two looks at a running check, soon and after a minute.
const (
	pollSoon = 3
	pollSlow = 15
)

func (m Progress) refresh() int {
	switch {
	case m.State != "PENDING":
		return 0
	case m.Slow:
		return pollSlow
	default:
		return pollSoon
	}
}

// outcome is what the page is about, as its texts name it: the state, or what no correction can mend.
func (m Progress) outcome() string {
	switch {
	case m.State != "NOT_MATCHED":
		return strings.ToLower(m.State)
	case m.found("DUPLICATE_PERSON"):
		return "duplicate"
	case m.found("DECEASED"):
		return "deceased"
	default:
		return "differs"
	}
}

func (m Progress) title() string { return m.T("verification." + m.outcome() + "_title") }

// found says whether any registry gave the reason.
func (m Progress) found(reason string) bool {
	return slices.ContainsFunc(m.Checks, func(c Check) bool { return slices.Contains(c.Reasons, reason) })
}

// away are the registries that do not answer, by name.
func (m Progress) away() string {
	var names []string
	for _, c := range m.Checks {
		if c.State == "UNAVAILABLE" || c.State == "EXPIRED" {
			names = append(names, m.T("registry."+c.Registry+".name"))
		}
	}
	return strings.Join(names, ", ")
}

// group is what differs, in words, with the way to correct it.
type group struct{ text, path string }

// groups are the differing groups of all registries, each once.
func (m Progress) groups() []group {
	var out []group
	seen := map[string]bool{}
	for _, c := range m.Checks {
		for _, reason := range c.Reasons {
			if !seen[reason] {
				out = append(out, group{m.T("mismatch." + reason), correctPath(reason)})
			}
			seen[reason] = true
		}
	}
	return out
}

// correctable says whether any group can be corrected.
func (m Progress) correctable() bool {
	return slices.ContainsFunc(m.groups(), func(g group) bool { return g.path != "" })
}

// correctPath is where a group is corrected; empty: nothing there helps.
func correctPath(reason string) string {
	fields := progress.FieldsOf(verificationv1.MismatchReason(verificationv1.MismatchReason_value[reason]))
	if len(fields) == 0 {
		return ""
	}
	return profiles.ChangePath(fields[0])
}

// tasks are the registries' parts: what each is asked, and what it has said.
func (m Progress) tasks() []components.Task {
	out := make([]components.Task, 0, len(m.Checks))
	for _, c := range m.Checks {
		out = append(out, components.Task{
			Title: m.T("registry." + c.Registry + ".name"), Hint: m.T("asked." + c.Registry),
			Kind: checkKind(c.State), Status: m.T("check." + c.State),
		})
	}
	return out
}

// checkKind is how a check's state is shown: see [components.Tag].
func checkKind(state string) string {
	switch state {
	case "MATCHED":
		return "good"
	case "NOT_MATCHED":
		return "bad"
	case "EXPIRED": // nobody's data are at fault
		return "warn"
	default:
		return "wait"
	}
}
