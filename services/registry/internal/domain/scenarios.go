package domain

import (
	"fmt"
	"slices"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Scenarios is all usable personas.
type Scenarios struct {
	byKey map[string]Persona
	order []string
}

// NewScenarios refuses a repeated persona, and one outside the personas' block.
func NewScenarios(personas []Persona) (*Scenarios, error) {
	s := &Scenarios{byKey: map[string]Persona{}}
	for _, p := range personas {
		key, ok := scenarioKey(p.SNILS)
		if _, twice := s.byKey[key]; twice || !ok {
			return nil, fmt.Errorf("persona %s: outside the block 000-000-600 … 799, or repeated", p.SNILS.Format())
		}
		s.byKey[key] = p
		s.order = append(s.order, key)
	}
	slices.Sort(s.order)
	return s, nil
}

// List is every persona in the order of their SNILS.
func (s *Scenarios) List() []Persona {
	out := make([]Persona, 0, len(s.order))
	for _, key := range s.order {
		out = append(out, s.byKey[key])
	}
	return out
}

// scenarioKey is all eleven digits for a ready-made person and only the number for a scenario, whose variants share it.
func scenarioKey(snils identifiers.SNILS) (string, bool) {
	number, _, ok := split(snils)
	switch {
	case !ok || number < readyBlock || number > 799:
		return "", false
	case number == readyBlock:
		return string(snils), true
	}
	return string(snils[:9]), true
}

func (s *Scenarios) bySNILS(snils identifiers.SNILS) (Persona, bool) {
	key, ok := scenarioKey(snils)
	p, found := s.byKey[key]
	return p, ok && found
}

// byPassport finds the holder: a persona's passport number is its SNILS without the zeros.
func (s *Scenarios) byPassport(number identifiers.Passport, today identifiers.Date) (Persona, Person, bool) {
	if len(number.Series) != 4 || len(number.Number) != 6 || number.Series[:2] != personaOkato {
		return Persona{}, Person{}, false
	}
	snils := identifiers.SNILS("000000" + number.Number[:3] + number.Number[4:])
	persona, ok := s.bySNILS(snils)
	if !ok {
		return Persona{}, Person{}, false
	}
	person := persona.recorded(snils, today)
	_, _, ok = person.holds(number)
	return persona, person, ok
}
