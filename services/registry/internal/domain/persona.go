package domain

import (
	"fmt"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// readyBlock is 000-000-600: its two last digits number the ready-made people. Every number above it is one scenario, and
// all hundred pairs of last digits are its variants.
const readyBlock = 600

// personaOkato is the first half of every persona's passport series: no region of the population has it.
const personaOkato = "99"

// Persona is a person with a fixed scenario.
type Persona struct {
	// SNILS is the listed one. A scenario has the same number with any last digits, as variants: the same data except
	// for the passport's last digits, so that a used persona never stops a tester.
	SNILS            identifiers.SNILS
	TitleRu, TitleEn string
	Scenario         Scenario
	// Card is what the person types, without SNILS and passports.
	Card Person
	Born Birth
	// Registered is what the registries have instead; zero values mean no difference.
	Registered struct {
		Name
		Birth identifiers.Date
	}
	IssuedBy  string
	IssueCode identifiers.IssueCode
	// PassportOf is whose passport it is, when not the persona's own.
	PassportOf identifiers.SNILS
}

// Birth is a birthday: a day, or an age in years and days on the first of the current month. An age keeps a persona
// fourteen forever, with a new birthday every month.
type Birth struct {
	Day         identifiers.Date
	Years, Days int
}

// on is the birthday as of today.
func (b Birth) on(today identifiers.Date) identifiers.Date {
	if !b.Day.IsZero() {
		return b.Day
	}
	month := identifiers.Date{Year: today.Year, Month: today.Month, Day: 1}
	return month.AddDays(-b.Days).AddYears(-b.Years)
}

// personaHabits: personas get a passport 60 days after the birthday that requires it.
func personaHabits() habits {
	return habits{delays: [3]int{60, 60, 60}, exchange: identifiers.Date{Year: 2002, Month: 4, Day: 16}}
}

// Listed is the persona as listed for testers.
func (p Persona) Listed(today identifiers.Date) Person { return p.typed(p.SNILS, today) }

// typed is what the person of this SNILS, the persona or a variant, fills in.
func (p Persona) typed(snils identifiers.SNILS, today identifiers.Date) Person {
	person := p.Card
	person.Birth = p.Born.on(today)
	person.SNILS = snils
	if p.PassportOf != "" {
		snils = p.PassportOf
	}
	person.Passports = p.passports(snils, today)
	return person
}

// recorded is what the registries have about the person of this SNILS.
func (p Persona) recorded(snils identifiers.SNILS, today identifiers.Date) Person {
	person := p.typed(snils, today)
	if p.Registered.Name != (Name{}) {
		person.Name = p.Registered.Name
	}
	if !p.Registered.Birth.IsZero() {
		person.Birth = p.Registered.Birth
	}
	return person
}

// passports follow from the SNILS: 000-000-701 22 has the number 701022.
func (p Persona) passports(snils identifiers.SNILS, today identifiers.Date) []Passport {
	number, control, _ := split(snils)
	birth := p.Born.on(today)
	if !p.Registered.Birth.IsZero() {
		birth = p.Registered.Birth
	}
	var out []Passport
	for _, day := range issueDates(birth, personaHabits(), today) {
		out = append(out, Passport{
			Passport: identifiers.Passport{
				Series: seriesOf(personaOkato, day), Number: fmt.Sprintf("%03d%03d", number, control),
			},
			Issued: day, IssuedBy: p.IssuedBy, IssueCode: p.IssueCode,
		})
	}
	return out
}
