package domain

import (
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
)

// Expected is how long after its order a letter is at the addressee's post office: at the soonest and at the latest.
type Expected struct{ From, Until time.Duration }

// Days are the first and the last day, ISO 8601, by the calendar of Moscow. Post offices hand nothing out on Sundays: the
// days move to the Monday. Both are empty once the letter is there, and when it will never be.
func (e Expected) Days(l Letter, state State) (from, until string) {
	if s := step(state); s < 0 || s >= step(confirmationv1.LetterState_AT_OFFICE) {
		return "", ""
	}
	return workday(l.CreateTime.Add(e.From)), workday(l.CreateTime.Add(e.Until))
}

func workday(t time.Time) string {
	t = t.In(identifiers.Moscow())
	if t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, 1)
	}
	return t.Format(time.DateOnly)
}
