package domain

import (
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		fault Fault
		times int
		after time.Duration
		want  Step
	}{
		"none":              {Fault{}, 1, 0, Step{}},
		"silent":            {Fault{Silent: true}, 9, time.Hour, Step{Forever: true}},
		"down":              {Fault{Down: true}, 9, time.Hour, Step{Refused: true}},
		"slow, at first":    {Fault{Slow: 30 * time.Second}, 1, 0, Step{Wait: 30 * time.Second}},
		"slow, asked again": {Fault{Slow: 30 * time.Second}, 2, 10 * time.Second, Step{Wait: 20 * time.Second}},
		"slow, at last":     {Fault{Slow: 30 * time.Second}, 3, 30 * time.Second, Step{}},
		"late, at first":    {Fault{Late: time.Minute}, 1, 0, Step{Refused: true, RetryAfter: time.Minute}},
		"late, just before": {
			Fault{Late: time.Minute},
			5, 50 * time.Second,
			Step{Refused: true, RetryAfter: 10 * time.Second},
		},
		"late, at last":         {Fault{Late: time.Minute}, 2, time.Minute, Step{}},
		"failures, first":       {Fault{Failures: 2}, 1, 0, Step{Refused: true}},
		"failures, second":      {Fault{Failures: 2}, 2, time.Hour, Step{Refused: true}},
		"failures, then it can": {Fault{Failures: 2}, 3, 0, Step{}},
	} {
		got := c.fault.Next(Asked{First: start, Times: c.times}, start.Add(c.after))
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestUnknownScenario(t *testing.T) {
	if f, ok := ScenarioNamed("lucky"); ok {
		t.Errorf("found %+v", f)
	}
}
