package domain

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Factor is a second factor of an account.
type Factor struct {
	ID, AccountID uuid.UUID
	Kind          StepKind
	// Name is what the person calls it.
	Name string
	// Data is what its kind needs to check a proof.
	Data []byte
	// Lookup is what a proof names it by, hashed; nil: its account and kind are enough.
	Lookup []byte
	// LastStep is the last time step whose code was used.
	LastStep int64
	Lockout  Lockout
	// CreateTime is when it was made, ActivateTime when it was first proven, LastUseTime when it was last; either may be zero.
	CreateTime, ActivateTime, LastUseTime time.Time
	// CodesLeft is how many backup codes are not spent.
	CodesLeft int
}

// Lockout is how many wrong codes there were in a row, across sign-ins, and until when no other is compared.
type Lockout struct {
	Failures    int
	LockedUntil time.Time
}

// FactorLimits bound guessing at codes and what an account can have.
type FactorLimits struct {
	// ToLock failures in a row lock a factor for LockFor; ToDisable end it (NIST SP 800-63B-4 §3.2.2).
	ToLock, ToDisable int
	LockFor           time.Duration
	// PendingFor is how long a factor waits for its first proof.
	PendingFor time.Duration
	// Passkeys is how many an account can have.
	Passkeys int
}

// Of are the limits of one kind. Backup codes are never disabled: 50 bits stand what locks alone let through, and whoever knows the
// password would shut the person out for good.
func (l FactorLimits) Of(k StepKind) FactorLimits {
	if k == accountv1.StepKind_BACKUP_CODE {
		l.ToDisable = math.MaxInt
	}
	return l
}

// State is whether the factor protects the account.
func (l FactorLimits) State(f Factor) accountv1.SecondFactor_State {
	switch {
	case f.ActivateTime.IsZero():
		return accountv1.SecondFactor_PENDING
	case l.Of(f.Kind).Disabled(f.Lockout):
		return accountv1.SecondFactor_DISABLED
	}
	return accountv1.SecondFactor_ACTIVE
}

// Disabled says whether so many wrong codes have ended the factor.
func (l FactorLimits) Disabled(o Lockout) bool { return o.Failures >= l.ToDisable }

// CheckOpen refuses a factor that is locked (FACTOR_LOCKED) or disabled (FACTOR_DISABLED), whatever the code.
func (l FactorLimits) CheckOpen(o Lockout, now time.Time) error {
	if l.Disabled(o) {
		return errs.New(errorsv1.Reason_FACTOR_DISABLED, "too many wrong codes: it has to be bound again")
	}
	if now.Before(o.LockedUntil) {
		return errs.New(errorsv1.Reason_FACTOR_LOCKED, "too many wrong codes in a row").After(o.LockedUntil.Sub(now))
	}
	return nil
}

// AfterFailure is the lockout after one more wrong code; locked: this one locked or ended the factor.
func (l FactorLimits) AfterFailure(o Lockout, now time.Time) (next Lockout, locked bool) {
	next = Lockout{Failures: o.Failures + 1, LockedUntil: o.LockedUntil}
	if !l.Disabled(next) && next.Failures%l.ToLock != 0 {
		return next, false
	}
	next.LockedUntil = now.Add(l.LockFor)
	return next, true
}

// CodeWrong refuses a code and says how many more are compared before the factor is locked.
func (l FactorLimits) CodeWrong(o Lockout) error {
	return errs.New(errorsv1.Reason_CODE_WRONG, "the code is wrong").Leaving(l.ToLock - o.Failures%l.ToLock)
}

// Factors are those of one account, oldest first.
type Factors []Factor

// Bound are those that are activated: they are asked for, also when too many wrong codes have disabled them.
func (f Factors) Bound() Factors {
	return slices.DeleteFunc(slices.Clone(f), func(x Factor) bool { return x.ActivateTime.IsZero() })
}

// Of are those of a kind.
func (f Factors) Of(k StepKind) Factors {
	return slices.DeleteFunc(slices.Clone(f), func(x Factor) bool { return x.Kind != k })
}

// Real are those that stand by themselves: backup codes stand in for them.
func (f Factors) Real() Factors {
	return slices.DeleteFunc(slices.Clone(f), func(x Factor) bool { return x.Kind == accountv1.StepKind_BACKUP_CODE })
}

// Find is the one with this id.
func (f Factors) Find(id uuid.UUID) (Factor, error) {
	i := slices.IndexFunc(f, func(x Factor) bool { return x.ID == id })
	if i < 0 {
		return Factor{}, FactorNotFound()
	}
	return f[i], nil
}

// CheckRoom refuses another factor of a kind. One that is disabled can be bound again.
func (l FactorLimits) CheckRoom(f Factors, k StepKind) error {
	bound := f.Bound().Of(k)
	if k == accountv1.StepKind_PASSKEY {
		if len(bound) >= l.Passkeys {
			return errs.New(errorsv1.Reason_FACTOR_LIMIT, "the account has as many passkeys as it can have")
		}
		return nil
	}
	for _, x := range bound {
		if l.State(x) == accountv1.SecondFactor_ACTIVE {
			return FactorExists()
		}
	}
	return nil
}

// FactorNotFound refuses an id that no factor of the account has.
func FactorNotFound() error {
	return errs.New(errorsv1.Reason_FACTOR_NOT_FOUND, "the account has no such factor")
}

// FactorExists refuses a second one of a kind.
func FactorExists() error {
	return errs.New(errorsv1.Reason_FACTOR_EXISTS, "the account has such a factor already")
}

// CredentialRefused refuses a passkey, and does not say why.
func CredentialRefused(cause error) error {
	return errs.Wrap(cause, errorsv1.Reason_CREDENTIAL_REFUSED, "the passkey is refused")
}

// RemovedWith are the factors that go when one does: itself, and the backup codes when nothing is left that they stand in for.
func (f Factors) RemovedWith(gone Factor) Factors {
	out := Factors{gone}
	left := slices.DeleteFunc(f.Bound().Real(), func(x Factor) bool { return x.ID == gone.ID })
	if len(left) == 0 && gone.Kind != accountv1.StepKind_BACKUP_CODE {
		out = append(out, f.Of(accountv1.StepKind_BACKUP_CODE)...)
	}
	return out
}
