package registry

import (
	"fmt"

	"github.com/propusk-id/propusk/services/registry/internal/domain"
	"github.com/propusk-id/propusk/services/registry/internal/personas"
)

func (c Config) registers() (domain.Registers, error) {
	population, err := domain.NewPopulation(c.Seed, c.Population)
	if err != nil {
		return domain.Registers{}, fmt.Errorf("PROPUSK_REGISTRY_POPULATION: %w", err)
	}
	scenarios, err := personas.Load()
	return domain.Registers{Population: population, Scenarios: scenarios}, err
}
