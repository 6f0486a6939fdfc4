package domain

import (
	"github.com/propusk-id/propusk/pkg/identifiers"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// Registers is the data of both registries.
type Registers struct {
	Population *Population
	Scenarios  *Scenarios
}

// Finding is what the registers say, and what delays or prevents the answer.
type Finding struct {
	Comparison
	// Fault is zero except for personas who have one.
	Fault Fault
}

// Pension looks a SNILS up in the pension fund's register.
func (r Registers) Pension(q PensionQuestion, today identifiers.Date) Finding {
	if persona, ok := r.Scenarios.bySNILS(q.SNILS); ok {
		known := persona.recorded(q.SNILS, today)
		return persona.Scenario.finding(PFR, q.compare(known))
	}
	if known, ok := r.Population.bySNILS(q.SNILS, today); ok {
		return Finding{Comparison: q.compare(known)}
	}
	return notFound()
}

// Passport looks a passport up in the passport register.
func (r Registers) Passport(q PassportQuestion, today identifiers.Date) Finding {
	if persona, known, ok := r.Scenarios.byPassport(q.Passport, today); ok {
		return persona.Scenario.finding(FMS, q.compare(known))
	}
	if known, ok := r.Population.byPassport(q.Passport, today); ok {
		return Finding{Comparison: q.compare(known)}
	}
	return notFound()
}

func (s Scenario) finding(r Registry, compared Comparison) Finding {
	return Finding{Comparison: s.answer(r, compared), Fault: s.Faults[r]}
}

func notFound() Finding {
	return Finding{Comparison: Comparison{Mismatches: []Mismatch{registryv1.Mismatch_NOT_FOUND}}}
}
