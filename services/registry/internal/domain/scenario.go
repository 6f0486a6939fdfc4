package domain

import (
	"time"

	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// Registry is one of the two simulated ones.
type Registry int

// The pension fund knows SNILS, the migration service passports.
const (
	PFR Registry = iota + 1
	FMS
)

// String is the name used in configuration, metrics and messages.
func (r Registry) String() string {
	if r == PFR {
		return "pfr"
	}
	return "fms"
}

// Scenario is how the registries answer about a persona. A registry without an entry answers truthfully and at once.
type Scenario struct {
	Name string
	// Verdicts are fixed answers, whatever is asked.
	Verdicts map[Registry]Mismatch
	// Faults delay or prevent the answer.
	Faults map[Registry]Fault
}

// Fault is how a registry delays or prevents the answer about one persona. At most one field is set.
type Fault struct {
	// Silent never answers.
	Silent bool
	// Down always refuses.
	Down bool
	// Slow is the time from the first question to the answer; a caller that does not wait may ask again.
	Slow time.Duration
	// Late is the time from the first question during which every question is refused.
	Late time.Duration
	// Failures is how many questions are refused before one is answered.
	Failures int
}

// Matched is the scenario of the population: everything is answered truthfully.
const Matched = "matched"

// ScenarioNamed finds a scenario; the names are part of the API.
func ScenarioNamed(name string) (Scenario, bool) {
	both := func(f Fault) map[Registry]Fault { return map[Registry]Fault{PFR: f, FMS: f} }
	s := Scenario{Name: name}
	switch name {
	case Matched, "name_differs", "birth_date_differs", "duplicate":
		// The persona's data make the difference.
	case "pfr_not_found":
		s.Verdicts = map[Registry]Mismatch{PFR: registryv1.Mismatch_NOT_FOUND}
	case "passport_invalid":
		s.Verdicts = map[Registry]Mismatch{FMS: registryv1.Mismatch_INVALID}
	case "deceased":
		s.Verdicts = map[Registry]Mismatch{PFR: registryv1.Mismatch_DECEASED, FMS: registryv1.Mismatch_DECEASED}
	case "pfr_timeout":
		s.Faults = map[Registry]Fault{PFR: {Silent: true}}
	case "fms_down":
		s.Faults = map[Registry]Fault{FMS: {Down: true}}
	case "slow_30s":
		s.Faults = both(Fault{Slow: 30 * time.Second})
	case "fails_twice":
		s.Faults = both(Fault{Failures: 2})
	case "ok_after_60s":
		s.Faults = both(Fault{Late: 60 * time.Second})
	default:
		return Scenario{}, false
	}
	return s, true
}

// answer turns a true comparison into the scenario's answer.
func (s Scenario) answer(r Registry, compared Comparison) Comparison {
	if v, ok := s.Verdicts[r]; ok {
		return Comparison{Mismatches: []Mismatch{v}}
	}
	return compared
}

// Asked counts the questions about one persona since the registry last answered.
type Asked struct {
	First time.Time
	Times int // this question included
}

// Step is what a registry does next with a question.
type Step struct {
	// Wait is how long until the next step; Forever means until the caller gives up.
	Wait    time.Duration
	Forever bool
	// Refused means: unavailable. RetryAfter is zero when it is unknown.
	Refused    bool
	RetryAfter time.Duration
}

// Next is the next step of a question; the zero Step means: answer now.
func (f Fault) Next(a Asked, now time.Time) Step {
	slow, late := a.First.Add(f.Slow).Sub(now), a.First.Add(f.Late).Sub(now)
	switch {
	case f.Silent:
		return Step{Forever: true}
	case f.Down, a.Times <= f.Failures:
		return Step{Refused: true}
	case f.Slow > 0 && slow > 0:
		return Step{Wait: slow}
	case f.Late > 0 && late > 0:
		return Step{Refused: true, RetryAfter: late}
	}
	return Step{}
}
