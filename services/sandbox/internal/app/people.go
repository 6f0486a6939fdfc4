package app

import (
	"context"

	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// Personas are the people with fixed scenarios.
func (a *App) Personas(ctx context.Context) ([]*registryv1.Persona, error) {
	list, err := a.Registry.ListPersonas(ctx, &registryv1.ListPersonasRequest{})
	return list.GetPersonas(), err
}

// Person is person n of the population.
func (a *App) Person(ctx context.Context, n int64) (*registryv1.Persona, error) {
	return a.Registry.GetPerson(ctx, &registryv1.GetPersonRequest{N: n})
}
