package domain_test

import (
	"testing"
	"time"

	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
)

func TestExpectedDays(t *testing.T) {
	e := domain.Expected{From: 3 * 24 * time.Hour, Until: 14 * 24 * time.Hour}
	for name, c := range map[string]struct {
		ordered     time.Time
		state       domain.State
		from, until string
	}{
		"by Moscow's calendar": {
			time.Date(2026, 11, 24, 21, 30, 0, 0, time.UTC), confirmationv1.LetterState_CREATED, "2026-11-28", "2026-12-09",
		},
		"not on a Sunday": {
			time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), confirmationv1.LetterState_IN_TRANSIT, "2026-11-30", "2026-12-10",
		},
		"it is there":      {time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), confirmationv1.LetterState_AT_OFFICE, "", ""},
		"it never will be": {time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), confirmationv1.LetterState_VOIDED, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			from, until := e.Days(domain.Letter{CreateTime: c.ordered, State: c.state}, c.state)
			if from != c.from || until != c.until {
				t.Errorf("%q to %q, want %q to %q", from, until, c.from, c.until)
			}
		})
	}
}
