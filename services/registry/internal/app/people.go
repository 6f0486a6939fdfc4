package app

import "github.com/propusk-id/propusk/services/registry/internal/domain"

// Somebody is a person to be, with the fate that awaits him.
type Somebody struct {
	domain.Person
	Fate             string
	TitleRu, TitleEn string
}

// Personas are the people with fixed fates who can be used now.
func (a *App) Personas() []Somebody {
	list := a.books.Cast.List()
	out := make([]Somebody, len(list))
	for i, p := range list {
		out[i] = Somebody{Person: p.Listed(a.today()), Fate: p.Fate.Name, TitleRu: p.TitleRu, TitleEn: p.TitleEn}
	}
	return out
}

// Person is person n of the population.
func (a *App) Person(n int64) (Somebody, error) {
	p, err := a.books.Population.Person(n, a.today())
	return Somebody{Person: p, Fate: domain.Matched}, err
}
