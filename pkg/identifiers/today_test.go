package identifiers_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// everywhere is a day at an hour when it is the date in the whole country.
func everywhere(d identifiers.Date) identifiers.Today {
	return identifiers.Today{Moscow: d, Kamchatka: d}
}

// At half past one in Moscow it is yesterday in London and the same day in Kamchatka, and twelve hours later there.
func TestTodayIsRussias(t *testing.T) {
	for at, want := range map[string][2]string{
		"2026-03-09T22:30:00Z": {"2026-03-10", "2026-03-10"},
		"2026-03-10T11:59:00Z": {"2026-03-10", "2026-03-10"},
		"2026-03-10T12:00:00Z": {"2026-03-10", "2026-03-11"},
		"2026-03-10T20:59:59Z": {"2026-03-10", "2026-03-11"},
		"2026-03-10T21:00:00Z": {"2026-03-11", "2026-03-11"},
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		today := identifiers.TodayAt(moment)
		if today.Moscow.String() != want[0] || today.Kamchatka.String() != want[1] {
			t.Errorf("%s: %s in Moscow and %s in Kamchatka, want %v", at, today.Moscow, today.Kamchatka, want)
		}
	}
}

// While it is the 10th in Moscow and the 11th in Kamchatka.
func TestNobodyIsRefusedForLivingInTheEast(t *testing.T) {
	today := identifiers.TodayAt(time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC))
	if got := reason(t, identifiers.CheckHolderBirth(day(t, "2012-03-11"), today)); got != ok {
		t.Errorf("a 14th birthday in Kamchatka: %s", got)
	}
	if got := reason(t, identifiers.CheckHolderBirth(day(t, "2012-03-12"), today)); got != errorsv1.Reason_AGE_UNDER_14 {
		t.Errorf("the day before a 14th birthday: %s", got)
	}
	if got := reason(t, identifiers.CheckPassportDates(day(t, "2012-03-11"), day(t, "2026-03-11"), today)); got != ok {
		t.Errorf("a passport of today in Kamchatka: %s", got)
	}
	if got := reason(t, identifiers.CheckIssued(day(t, "2026-03-12"), today)); got != inFuture {
		t.Errorf("a passport of tomorrow: %s", got)
	}
	// The 90th day after the 20th birthday is over in Kamchatka and not in Moscow.
	if got := reason(t, identifiers.CheckPassportDates(day(t, "2005-12-10"), day(t, "2020-01-10"), today)); got != ok {
		t.Errorf("an old passport on its last day: %s", got)
	}
}
