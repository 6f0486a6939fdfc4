package domain

import "time"

// Registry is one of the two that are simulated.
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

// Fate is what happens to whoever asks about a persona. A registry without an entry answers truly and at
// once.
type Fate struct {
	Name string
	// Verdicts are answers given whatever is asked.
	Verdicts map[Registry]Mismatch
	// Troubles stand between the question and the answer.
	Troubles map[Registry]Trouble
}

// Trouble is how a registry keeps one persona's answer back. At most one field is set.
type Trouble struct {
	// Silent never answers.
	Silent bool
	// Down refuses for ever.
	Down bool
	// Slow is the time from the first question to the answer; who does not wait may ask again.
	Slow time.Duration
	// Late is the time from the first question during which every question is refused.
	Late time.Duration
	// Failures are refused before one question is answered.
	Failures int
}

// Matched is the fate of the population: everything is answered truly.
const Matched = "matched"

// FateNamed finds a fate; the names are part of the API.
func FateNamed(name string) (Fate, bool) {
	both := func(t Trouble) map[Registry]Trouble { return map[Registry]Trouble{PFR: t, FMS: t} }
	f := Fate{Name: name}
	switch name {
	case Matched, "name_differs", "birth_date_differs", "duplicate":
		// The persona's data say it all.
	case "pfr_not_found":
		f.Verdicts = map[Registry]Mismatch{PFR: NotFound}
	case "passport_invalid":
		f.Verdicts = map[Registry]Mismatch{FMS: PassportInvalid}
	case "deceased":
		f.Verdicts = map[Registry]Mismatch{PFR: Deceased, FMS: Deceased}
	case "pfr_timeout":
		f.Troubles = map[Registry]Trouble{PFR: {Silent: true}}
	case "fms_down":
		f.Troubles = map[Registry]Trouble{FMS: {Down: true}}
	case "slow_30s":
		f.Troubles = both(Trouble{Slow: 30 * time.Second})
	case "fails_twice":
		f.Troubles = both(Trouble{Failures: 2})
	case "ok_after_60s":
		f.Troubles = both(Trouble{Late: 60 * time.Second})
	default:
		return Fate{}, false
	}
	return f, true
}

// judge turns a true comparison into the fate's answer.
func (f Fate) judge(r Registry, compared []Mismatch) []Mismatch {
	if v, ok := f.Verdicts[r]; ok {
		return []Mismatch{v}
	}
	return compared
}

// Asked is what a registry remembers of the questions about one persona since it last answered.
type Asked struct {
	First time.Time
	Times int // this question included
}

// Step is what a registry does next with a question.
type Step struct {
	// Wait is how long until it looks again; Forever means until the caller gives up.
	Wait    time.Duration
	Forever bool
	// Refused means: unavailable. RetryAfter is zero when nobody knows.
	Refused    bool
	RetryAfter time.Duration
}

// Next decides a question's next step; the zero Step means: answer now.
func (t Trouble) Next(a Asked, now time.Time) Step {
	slow, late := a.First.Add(t.Slow).Sub(now), a.First.Add(t.Late).Sub(now)
	switch {
	case t.Silent:
		return Step{Forever: true}
	case t.Down, a.Times <= t.Failures:
		return Step{Refused: true}
	case t.Slow > 0 && slow > 0:
		return Step{Wait: slow}
	case t.Late > 0 && late > 0:
		return Step{Refused: true, RetryAfter: late}
	}
	return Step{}
}
