package account

import (
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
)

func (c Config) hashing(now func() time.Time) hashing.Options {
	return hashing.Options{Workers: c.HashWorkers, Waiting: c.HashQueue, Patience: c.HashPatience, Now: now}
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
