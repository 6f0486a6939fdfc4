package pages

import "github.com/propusk-id/propusk/services/sandbox/internal/domain"

// stage is one step of a letter's way.
type stage struct {
	state string
	when  string
	done  bool
}

func (m Track) stages() []stage {
	at := map[domain.State]string{}
	for _, move := range m.Moves {
		at[move.State] = m.moment(move.Time)
	}
	var out []stage
	for _, state := range domain.Way() {
		when, done := at[state]
		if !done {
			when = m.t("track_soon")
		}
		out = append(out, stage{state.String(), when, done})
	}
	return out
}
