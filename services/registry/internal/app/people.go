package app

import "github.com/propusk-id/propusk/services/registry/internal/domain"

// ListedPerson is a person to sign up as, with the scenario.
type ListedPerson struct {
	domain.Person
	Scenario         string
	TitleRu, TitleEn string
}

// Personas are the usable people with fixed scenarios.
func (a *App) Personas() []ListedPerson {
	list := a.registers.Scenarios.List()
	out := make([]ListedPerson, len(list))
	for i, p := range list {
		out[i] = ListedPerson{Person: p.Listed(a.today()), Scenario: p.Scenario.Name, TitleRu: p.TitleRu, TitleEn: p.TitleEn}
	}
	return out
}

// Person is person n of the population.
func (a *App) Person(n int64) (ListedPerson, error) {
	p, err := a.registers.Population.Person(n, a.today())
	return ListedPerson{Person: p, Scenario: domain.Matched}, err
}
