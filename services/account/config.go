package account

import (
	"errors"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
)

// check refuses numbers that would let guessing go on or nobody in.
func (c Config) check() error {
	if c.FreeFailures < 1 || c.AccountFreeFailures < 1 || c.FirstDelay <= 0 || c.DelayGrowth < 1 {
		return errors.New("PROPUSK_ACCOUNT_*_FAILURES and _FIRST_DELAY must be positive, _DELAY_GROWTH at least 1")
	}
	if c.HashQueue < 1 || c.HashPatience <= 0 {
		return errors.New("PROPUSK_ACCOUNT_HASH_QUEUE and _HASH_PATIENCE must be positive")
	}
	return nil
}

func (c Config) hashing() hashing.Options {
	return hashing.Options{Workers: c.HashWorkers, Waiting: c.HashQueue, Patience: c.HashPatience}
}

func (c Config) lifetimes() domain.Lifetimes {
	return domain.Lifetimes{
		REST:  domain.SessionLife{Absolute: c.RESTSessionLife, Idle: c.RESTSessionIdle},
		Pages: domain.SessionLife{Absolute: c.PagesSessionLife, Idle: c.PagesSessionIdle},
	}
}

func (c Config) throttle() domain.Throttle {
	delay := backoff.Exponential{First: c.FirstDelay, Max: c.MaxDelay, Growth: c.DelayGrowth}
	return domain.Throttle{
		Address:  domain.BackoffPolicy{Free: c.FreeFailures, Delay: delay, Max: c.MaxFailures, Window: c.FailureWindow},
		Account:  domain.BackoffPolicy{Free: c.AccountFreeFailures, Delay: delay, Window: c.AccountFailureWindow},
		KnownFor: c.AddressKnownFor,
	}
}
