package app

import (
	"context"
	"slices"

	"github.com/propusk-id/propusk/pkg/paging"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// Personas are the people with fixed scenarios.
func (a *App) Personas(ctx context.Context) ([]*registryv1.Persona, error) {
	list, err := a.Registry.ListPersonas(ctx, &registryv1.ListPersonasRequest{})
	return list.GetPersonas(), err
}

// PersonaPage is a page of them, in the order of their SNILS, and the token of the next.
func (a *App) PersonaPage(ctx context.Context, q paging.Query) ([]*registryv1.Persona, string, error) {
	page, err := paging.List[string]{Keys: a.Keys, Name: "personas"}.Page("", q)
	if err != nil {
		return nil, "", err
	}
	all, err := a.Personas(ctx)
	if err != nil {
		return nil, "", err
	}
	rest := slices.DeleteFunc(all, func(p *registryv1.Persona) bool { return p.GetSnils() <= page.After })
	return paging.Cut(page, rest, (*registryv1.Persona).GetSnils)
}

// Person is person n of the population.
func (a *App) Person(ctx context.Context, n int64) (*registryv1.Persona, error) {
	return a.Registry.GetPerson(ctx, &registryv1.GetPersonRequest{N: n})
}
