package verification

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

// group is what differs, in words, with the field that corrects it.
type group struct{ text, field string }

// groups are the differing groups of all registries, each once.
func (m Progress) groups() []group {
	var out []group
	seen := map[string]bool{}
	for _, c := range m.Checks {
		for _, reason := range c.Reasons {
			if !seen[reason] {
				out = append(out, group{m.T("mismatch." + reason), mismatchField(reason)})
			}
			seen[reason] = true
		}
	}
	return out
}

func (m Progress) duplicate() bool {
	for _, c := range m.Checks {
		for _, reason := range c.Reasons {
			if reason == "DUPLICATE_PERSON" {
				return true
			}
		}
	}
	return false
}

// correctable says whether any group can be corrected in the form.
func (m Progress) correctable() bool {
	for _, g := range m.groups() {
		if g.field != "" {
			return true
		}
	}
	return false
}

// mismatchField is the first field of the group in the person form; empty: nothing there helps.
func mismatchField(reason string) string {
	switch reason {
	case "NAME":
		return "last_name"
	case "BIRTH_DATE":
		return "birth_date"
	case "GENDER":
		return "gender"
	case "SNILS_NOT_FOUND":
		return "snils"
	case "PASSPORT_NOT_FOUND", "PASSPORT_INVALID":
		return "series"
	case "PASSPORT_ISSUE":
		return "issue_date"
	default:
		return ""
	}
}

func checkClass(state string) string {
	switch state {
	case "MATCHED":
		return "is-good"
	case "NOT_MATCHED", "EXPIRED":
		return "is-bad"
	default:
		return "is-waiting"
	}
}
