package domain

import (
	"fmt"
	"slices"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// Cast is all personas that can be used now.
type Cast struct {
	byKey map[string]Persona
	order []string
}

// NewCast refuses a persona twice, or one outside the personas' block.
func NewCast(personas []Persona) (*Cast, error) {
	c := &Cast{byKey: map[string]Persona{}}
	for _, p := range personas {
		key, ok := castKey(p.SNILS)
		if _, twice := c.byKey[key]; twice || !ok {
			return nil, fmt.Errorf("persona %s: outside the block 000-000-600 … 799, or there already", p.SNILS.Format())
		}
		c.byKey[key] = p
		c.order = append(c.order, key)
	}
	slices.Sort(c.order)
	return c, nil
}

// List is every persona in the order of their SNILS.
func (c *Cast) List() []Persona {
	out := make([]Persona, 0, len(c.order))
	for _, key := range c.order {
		out = append(out, c.byKey[key])
	}
	return out
}

// castKey is all eleven digits for a ready person and only the number for a fate, whose twins share it.
func castKey(s identifiers.SNILS) (string, bool) {
	number, _, ok := split(s)
	switch {
	case !ok || number < readyBlock || number > 799:
		return "", false
	case number == readyBlock:
		return string(s), true
	}
	return string(s[:9]), true
}

func (c *Cast) bySNILS(s identifiers.SNILS) (Persona, bool) {
	key, ok := castKey(s)
	p, found := c.byKey[key]
	return p, ok && found
}

// byPassport finds the holder: a persona's passport number is its SNILS without the zeros.
func (c *Cast) byPassport(number identifiers.Passport, today identifiers.Date) (Persona, Person, bool) {
	if len(number.Series) != 4 || len(number.Number) != 6 || number.Series[:2] != personaOkato {
		return Persona{}, Person{}, false
	}
	snils := identifiers.SNILS("000000" + number.Number[:3] + number.Number[4:])
	persona, ok := c.bySNILS(snils)
	if !ok {
		return Persona{}, Person{}, false
	}
	person := persona.recorded(snils, today)
	_, _, ok = person.holds(number)
	return persona, person, ok
}
