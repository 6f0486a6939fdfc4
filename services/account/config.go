package account

import (
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
)

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
	address := domain.Brake{
		Free: c.FreeFailures, FirstDelay: c.FirstDelay, MaxDelay: c.MaxDelay, Growth: c.DelayGrowth,
		Max: c.MaxFailures, Window: c.FailureWindow,
	}
	account := address
	account.Free, account.Max, account.Window = c.AccountFreeFailures, 0, c.AccountFailureWindow
	return domain.Throttle{Address: address, Account: account, KnownFor: c.AddressKnownFor}
}
