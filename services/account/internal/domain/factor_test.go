package domain_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

func factorLimits() domain.FactorLimits {
	return domain.FactorLimits{ToLock: 10, ToDisable: 100, LockFor: 15 * time.Minute, PendingFor: 15 * time.Minute, Passkeys: 2}
}

func TestEachTenthFailureLocksAndTheHundredthDisables(t *testing.T) {
	l := factorLimits()
	for failures, want := range map[int]errorsv1.Reason{
		0: 0, 8: 0, 9: errorsv1.Reason_FACTOR_LOCKED, 10: 0, 19: errorsv1.Reason_FACTOR_LOCKED, 98: 0,
		99: errorsv1.Reason_FACTOR_DISABLED, 100: errorsv1.Reason_FACTOR_DISABLED,
	} {
		next, locked := l.AfterFailure(domain.Lockout{Failures: failures}, start())
		err := l.CheckOpen(next, start())
		if locked != (want != 0) || want != 0 && !errs.Is(err, want) || want == 0 && err != nil {
			t.Errorf("failure %d: locked is %t, %v", failures+1, locked, err)
		}
		if want == errorsv1.Reason_FACTOR_LOCKED && l.CheckOpen(next, start().Add(15*time.Minute)) != nil {
			t.Errorf("failure %d locks for longer", failures+1)
		}
	}
	disabled := domain.Lockout{Failures: 100}
	if err := l.CheckOpen(disabled, start().Add(365*24*time.Hour)); !errs.Is(err, errorsv1.Reason_FACTOR_DISABLED) {
		t.Errorf("a year later: %v", err)
	}
	for failures, want := range map[int]int{1: 9, 9: 1, 11: 9} {
		if e, ok := errs.As(l.CodeWrong(domain.Lockout{Failures: failures})); !ok || *e.AttemptsLeft != want {
			t.Errorf("after %d failures %d are left, want %d", failures, *e.AttemptsLeft, want)
		}
	}
}

func bound(k domain.StepKind, failures int) domain.Factor {
	return domain.Factor{ID: uuid.New(), Kind: k, ActivateTime: start(), Lockout: domain.Lockout{Failures: failures}}
}

func TestRoomForFactors(t *testing.T) {
	l := factorLimits()
	pending := domain.Factor{Kind: totp}
	for name, c := range map[string]struct {
		have domain.Factors
		k    domain.StepKind
		want errorsv1.Reason
	}{
		"the first":          {nil, totp, 0},
		"begun and left":     {domain.Factors{pending}, totp, 0},
		"a second":           {domain.Factors{bound(totp, 0)}, totp, errorsv1.Reason_FACTOR_EXISTS},
		"another kind":       {domain.Factors{bound(totp, 0)}, sms, 0},
		"in place of a dead": {domain.Factors{bound(totp, 100)}, totp, 0},
		"a second passkey":   {domain.Factors{bound(key, 0)}, key, 0},
		"a third passkey":    {domain.Factors{bound(key, 0), bound(key, 0)}, key, errorsv1.Reason_FACTOR_LIMIT},
	} {
		err := l.CheckRoom(c.have, c.k)
		if c.want == 0 && err != nil || c.want != 0 && !errs.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for want, f := range map[accountv1.SecondFactor_State]domain.Factor{
		accountv1.SecondFactor_PENDING: pending, accountv1.SecondFactor_ACTIVE: bound(totp, 99),
		accountv1.SecondFactor_DISABLED: bound(totp, 100),
	} {
		if got := l.State(f); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestBackupCodesGoWithTheLastFactor(t *testing.T) {
	app, phone, codes := bound(totp, 0), bound(sms, 0), bound(backup, 0)
	for name, c := range map[string]struct {
		have domain.Factors
		gone domain.Factor
		want int
	}{
		"one of two":       {domain.Factors{app, phone, codes}, app, 1},
		"the last":         {domain.Factors{app, codes}, app, 2},
		"the codes":        {domain.Factors{app, codes}, codes, 1},
		"without codes":    {domain.Factors{app}, app, 1},
		"beside one begun": {domain.Factors{app, {ID: uuid.New(), Kind: sms}, codes}, app, 2},
	} {
		if got := c.have.RemovedWith(c.gone); len(got) != c.want || got[0].ID != c.gone.ID {
			t.Errorf("%s: %d go", name, len(got))
		}
	}
}
