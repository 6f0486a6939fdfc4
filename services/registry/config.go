package registry

import (
	"fmt"

	"github.com/propusk-id/propusk/services/registry/internal/app"
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

// check refuses impossible values.
func (c Config) check() error {
	for name, conduct := range map[string]app.Conduct{"PFR": c.PFR, "FMS": c.FMS} {
		if !(conduct.FailureRate >= 0 && conduct.FailureRate <= 1) {
			return fmt.Errorf("PROPUSK_REGISTRY_%s_FAILURE_RATE is %v: choose 0 to 1", name, conduct.FailureRate)
		}
		if conduct.Latency < 0 || conduct.Jitter < 0 {
			return fmt.Errorf("PROPUSK_REGISTRY_%s_LATENCY and _JITTER must not be negative", name)
		}
	}
	return nil
}
