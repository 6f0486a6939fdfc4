package account

import (
	"net/url"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/secret"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/factors/backup"
	"github.com/propusk-id/propusk/services/account/internal/factors/passkey"
	"github.com/propusk-id/propusk/services/account/internal/factors/sms"
	"github.com/propusk-id/propusk/services/account/internal/factors/totp"
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

func (c Config) backoff() backoff.Exponential {
	return backoff.Exponential{First: c.JobRetry, Max: 10 * time.Minute}
}

func (c Config) contacts() domain.ContactPolicy {
	return domain.ContactPolicy{
		Countries: c.Countries, Life: c.ContactLife, Delay: c.ContactDelay, PerDay: c.ContactsPerDay,
		ClaimDelay: c.ClaimDelay, ClaimLife: c.ClaimLife,
	}
}

func (c Config) recovery() domain.RecoveryPolicy {
	return domain.RecoveryPolicy{
		Life: c.RecoveryLife, Wait: c.RecoveryWait, TrustWait: c.RecoveryTrustWait, OpenFor: c.RecoveryOpenFor, ContactAge: c.RecoveryContactAge,
		Starts: domain.StartsOf(c.RecoveryStarts), Told: c.RecoveryTold,
	}
}

func (c Config) trust() domain.TrustPolicy {
	return domain.TrustPolicy{InviteLife: c.TrustInviteLife, Delay: c.TrustDelay, PerDay: c.TrustsPerDay, Told: c.TrustTold}
}

func (c Config) factorLimits() domain.FactorLimits {
	return domain.FactorLimits{
		ToLock: c.FactorFailuresToLock, ToDisable: c.FactorFailuresToDisable, LockFor: c.FactorLockFor,
		PendingFor: c.FactorPendingFor, Passkeys: c.Passkeys,
	}
}

// factors are the kinds of second factors there are.
func (c Config) factors(p *boot.Platform, keys *secret.Keys) (factors.List, error) {
	otp, err := boot.Client(p, "otp", otpv1.NewOTPServiceClient)
	if err != nil {
		return nil, err
	}
	passkeys, err := passkey.New(p.Env.PublicURL, c.PasskeyOrigins)
	if err != nil {
		return nil, err
	}
	host, err := url.Parse(p.Env.PublicURL)
	if err != nil {
		return nil, err
	}
	return factors.List{totp.Kind{Issuer: host.Host}, sms.Kind{OTP: otp}, passkeys, backup.Kind{Keys: keys}}, nil
}

func (c Config) throttle() domain.Throttle {
	delay := backoff.Exponential{First: c.FirstDelay, Max: c.MaxDelay, Growth: c.DelayGrowth}
	return domain.Throttle{
		Address:  domain.BackoffPolicy{Free: c.FreeFailures, Delay: delay, Max: c.MaxFailures, Window: c.FailureWindow},
		Account:  domain.BackoffPolicy{Free: c.AccountFreeFailures, Delay: delay, Window: c.AccountFailureWindow},
		KnownFor: c.AddressKnownFor,
	}
}
