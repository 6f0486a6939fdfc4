package domain

import (
	"slices"
	"testing"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

func TestIssueDates(t *testing.T) {
	h := habits{delays: [3]int{10, 20, 30}, exchange: day(2001, 5, 5)}
	for name, c := range map[string]struct {
		birth, today identifiers.Date
		want         []identifiers.Date
	}{
		"child":             {day(2015, 1, 1), day(2026, 1, 1), nil},
		"first":             {day(2010, 1, 1), day(2026, 1, 1), []identifiers.Date{day(2024, 1, 11)}},
		"second":            {day(2005, 1, 1), day(2026, 1, 1), []identifiers.Date{day(2019, 1, 11), day(2025, 1, 21)}},
		"not on its day":    {day(2005, 1, 1), day(2025, 1, 21), []identifiers.Date{day(2019, 1, 11)}},
		"but the day after": {day(2005, 1, 1), day(2025, 1, 22), []identifiers.Date{day(2019, 1, 11), day(2025, 1, 21)}},
		"exchange, then 45": {day(1970, 1, 1), day(2026, 1, 1), []identifiers.Date{day(2001, 5, 5), day(2015, 1, 31)}},
		"exchange only":     {day(1940, 1, 1), day(2026, 1, 1), []identifiers.Date{day(2001, 5, 5)}},
		// 45 comes sooner than the exchange, or so soon after it that both would have one series.
		"no exchange":      {day(1954, 1, 1), day(2026, 1, 1), []identifiers.Date{day(1999, 1, 31)}},
		"no late exchange": {day(1956, 9, 1), day(2026, 1, 1), []identifiers.Date{day(2001, 10, 1)}},
	} {
		if got := issueDates(c.birth, h, c.today); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
