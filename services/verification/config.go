package verification

import (
	"github.com/propusk-id/propusk/pkg/backoff"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/app"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/registries"
)

func (c Config) registries(client registryv1.RegistryServiceClient) map[domain.Registry]app.Registry {
	settings := registries.Settings{
		Timeout: c.CallTimeout, BreakerPercent: c.BreakerPercent, BreakerCalls: c.BreakerCalls,
		BreakerWindow: c.BreakerWindow, BreakerDelay: c.BreakerDelay,
	}
	return map[domain.Registry]app.Registry{
		verificationv1.Registry_PFR: registries.NewPFR(client, c.PFREnabled, settings),
		verificationv1.Registry_FMS: registries.NewFMS(client, c.FMSEnabled, settings),
	}
}

func (c Config) limits() domain.Limits {
	return domain.Limits{
		NotMatched: c.NotMatched, Window: c.NotMatchedWindow, AddressFree: c.AddressTries,
		AddressDelay:  backoff.Exponential{First: c.AddressDelay, Max: c.AddressDelayMax},
		AddressWindow: c.AddressWindow, Budget: c.Budget, BudgetWindow: c.BudgetWindow,
	}
}

// backoff spreads the retries of many verifications, which a registry's outage begins all at once.
func (c Config) backoff() backoff.Exponential {
	return backoff.Exponential{First: c.RetryFirst, Max: c.RetryMax, Jitter: 0.2}
}
