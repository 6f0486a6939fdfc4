package otp

import "github.com/propusk-id/propusk/services/otp/internal/domain"

func (c Config) limits() domain.Limits {
	return domain.Limits{
		CodeLife: c.CodeLife, LinkLife: c.LinkLife, TriesPerCode: c.TriesPerCode, ResendAfter: c.ResendAfter,
		LiveCodes: c.LiveCodes, PerShortWindow: c.SendsPer5Minutes, PerDay: c.SendsPerDay,
		KeptPerDay: c.SendsKeptPerDay,
		PerAddress: c.SendsPerAddress, PerInstallation: c.SendsAltogether,
		FailuresToLock: c.FailuresToLock, FailuresToDisable: c.FailuresToDisable,
		LockFor: c.LockFor, LockSignUpFor: c.LockSignUpFor,
	}
}
