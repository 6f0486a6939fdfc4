package domain_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
)

var limits = domain.Limits{FailuresToLock: 10, FailuresToDisable: 100, LockFor: 15 * time.Minute, LockSignUpFor: 24 * time.Hour}

func TestWhatProvesAContactIsLockedForAWhile(t *testing.T) {
	for _, p := range []otpv1.Purpose{
		otpv1.Purpose_REGISTRATION, otpv1.Purpose_CONTACT, otpv1.Purpose_CONTACT_CLAIM,
		otpv1.Purpose_RECOVERY, otpv1.Purpose_FACTOR_BINDING, otpv1.Purpose_TRUSTED_CONTACT,
	} {
		t.Run(p.String(), func(t *testing.T) { lockedForAWhile(t, p) })
	}
}

func lockedForAWhile(t *testing.T, p otpv1.Purpose) {
	t.Helper()
	now := time.Now()
	for failures, want := range map[int]time.Duration{
		8: 0, 9: 15 * time.Minute, 10: 0, 98: 0, 99: 24 * time.Hour, 100: 0, 109: 15 * time.Minute, 199: 24 * time.Hour,
	} {
		next, locked := limits.AfterFailure(p, domain.Lockout{Failures: failures}, now)
		err := limits.CheckOpen(p, next, now)
		if locked != (want > 0) || locked != errs.Is(err, errorsv1.Reason_FACTOR_LOCKED) {
			t.Errorf("failure %d: locked is %t, %v", failures+1, locked, err)
		}
		if locked && next.LockedUntil.Sub(now) != want {
			t.Errorf("failure %d locks for %s, want %s", failures+1, next.LockedUntil.Sub(now), want)
		}
	}
}

// Any purpose but a sign-up protects something that exists: NIST SP 800-63B-4 §3.2.2.
func TestHundredFailuresDisableWhatProtectsAnAccount(t *testing.T) {
	now, protecting := time.Now(), otpv1.Purpose_PURPOSE_UNSPECIFIED
	next, locked := limits.AfterFailure(protecting, domain.Lockout{Failures: 99}, now)
	if !locked || !limits.Disabled(protecting, next) {
		t.Errorf("%+v after a hundred failures", next)
	}
	err := limits.CheckOpen(protecting, next, now.Add(365*24*time.Hour))
	if !errs.Is(err, errorsv1.Reason_FACTOR_DISABLED) {
		t.Errorf("a year later: %v", err)
	}
}
