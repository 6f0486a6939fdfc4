package letter

import (
	"slices"
)

// stage is one step of a letter's way.
type stage struct {
	text          string
	done, current bool
}

// letterWay is the way of a letter to the door.
func letterWay() []string {
	return []string{"CREATED", "PRINTED", "HANDED_OVER", "IN_TRANSIT", "AT_OFFICE", "DELIVERED"}
}

// over says that this letter's code is of no more use.
func (m Status) over() bool { return !slices.Contains(letterWay(), m.State) }

func (m Status) stages() []stage {
	way := letterWay()
	now := slices.Index(way, m.State)
	out := make([]stage, 0, len(way))
	for i, state := range way {
		// Delivered is a state that is over as soon as it is reached.
		done := i < now || i == now && i == len(way)-1
		out = append(out, stage{m.T("letterstate." + state), done, i == now})
	}
	return out
}

// title says where the letter is.
func (m Status) title() string { return m.T("lettertitle." + m.State) }

// next says what comes next for a letter whose code is awaited.
func (m Status) next() string {
	switch m.State {
	case "AT_OFFICE":
		return m.T("letter.next_office")
	case "DELIVERED":
		return m.T("letter.next_delivered")
	default:
		return m.T("letter.next_way")
	}
}

// expected is when the letter should be at the post office, in words.
func (m Status) expected() string {
	if m.ExpectedFrom == "" || m.ExpectedUntil == "" {
		return ""
	}
	return m.T("letter.expected_days", "From", m.Day(m.ExpectedFrom), "Until", m.Day(m.ExpectedUntil))
}
