package domain

import "github.com/propusk-id/propusk/pkg/identifiers"

// Registers is the books of both registries.
type Registers struct {
	Population *Population
	Cast       *Cast
}

// Finding is what the books say, and what happens on the way to the answer.
type Finding struct {
	// Mismatches is empty when everything asked is as in the books.
	Mismatches []Mismatch
	// Trouble is zero for everybody but the personas who have one.
	Trouble Trouble
}

// Pension looks a SNILS up in the pension fund's books.
func (r Registers) Pension(q PensionQuestion, today identifiers.Date) Finding {
	if persona, ok := r.Cast.bySNILS(q.SNILS); ok {
		known := persona.recorded(q.SNILS, today)
		return persona.Fate.finding(PFR, q.compare(known))
	}
	if known, ok := r.Population.bySNILS(q.SNILS, today); ok {
		return Finding{Mismatches: q.compare(known)}
	}
	return notFound()
}

// Passport looks a passport up in the passport register's books.
func (r Registers) Passport(q PassportQuestion, today identifiers.Date) Finding {
	if persona, known, ok := r.Cast.byPassport(q.Passport, today); ok {
		return persona.Fate.finding(FMS, q.compare(known))
	}
	if known, ok := r.Population.byPassport(q.Passport, today); ok {
		return Finding{Mismatches: q.compare(known)}
	}
	return notFound()
}

func (f Fate) finding(r Registry, compared []Mismatch) Finding {
	return Finding{Mismatches: f.judge(r, compared), Trouble: f.Troubles[r]}
}

func notFound() Finding { return Finding{Mismatches: []Mismatch{NotFound}} }
