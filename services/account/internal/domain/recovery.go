package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// RecoveryPolicy is what an installation decides about recoveries.
type RecoveryPolicy struct {
	// Life is how long the steps may take; Wait is what stands in for steps, and OpenFor is for how long after it the recovery
	// can be completed.
	Life, Wait, OpenFor time.Duration
	// TrustWait stands in for the code of a trusted contact who cannot be reached.
	TrustWait time.Duration
	// ContactAge is how long an account must have had a contact for it to count beside another: whoever has come into the
	// account cannot make it his own by a contact that he adds.
	ContactAge time.Duration
	// Starts bounds them by contact and address, Told is how many of a day the person is told of.
	Starts Throttle
	Told   int
}

// StartsOf is a throttle of so many starts a day for each contact and address. From everywhere they are counted only: a limit
// there would let strangers keep a person from the account.
func StartsOf(perDay int) Throttle {
	day := 24 * time.Hour
	return Throttle{
		Address: BackoffPolicy{Free: perDay, Max: perDay, Window: day},
		Account: BackoffPolicy{Free: maxStarts, Window: day},
	}
}

// maxStarts is more than a row can count.
const maxStarts = 1 << 31

// RecoveryFacts is what decides how an account is recovered.
type RecoveryFacts struct {
	Level accountv1.Level
	// Login is the kind of the contact that the recovery was begun with.
	Login Kind
	// Contacts are the kinds of those that the account has had for long enough.
	Contacts []Kind
	// Factors are the kinds of second factors that are bound.
	Factors []StepKind
	// Question: the person has set a control question.
	Question bool
	// Holdings are the ids of the contacts, the bound factors and the active agreement with a trusted contact that the account has.
	Holdings []uuid.UUID
	// Trusted: a trusted contact is active.
	Trusted bool
}

// Standing are the steps that rest on what the account still has.
func (f RecoveryFacts) Standing(met Steps) Steps {
	return slices.DeleteFunc(slices.Clone(met), func(s Step) bool {
		return s.HoldingID != uuid.Nil && !slices.Contains(f.Holdings, s.HoldingID)
	})
}

// CodeStep is the step that proves a contact of the kind.
func CodeStep(k Kind) StepKind {
	if k == Email {
		return accountv1.StepKind_EMAIL_CODE
	}
	return accountv1.StepKind_SMS_CODE
}

// FirstRecoverySteps are the ways in while nothing is proven: alike for every login, also for one that is nobody's.
func FirstRecoverySteps(login Kind) Paths {
	return Paths{{First: CodeStep(login)}, {First: accountv1.StepKind_PASSKEY}, {First: accountv1.StepKind_BACKUP_CODE}}
}

// Paths are the ways back into the account.
//
// Where second factors are bound each way has one of them, and then that and one contact are enough at every level; what is sent
// to the phone is not a second factor for who has begun with the phone. Without second factors it is the level that decides. Where a
// trusted contact is active each way needs that one's code, or a wait long enough for the person, or the trusted contact, to learn
// of it by whatever means.
func (f RecoveryFacts) Paths(p RecoveryPolicy) Paths {
	paths := append(f.byContact(p.Wait), f.withoutContact(p.Wait)...)
	if f.Trusted {
		return append(paths.And(accountv1.StepKind_TRUSTED_CONTACT), paths.Longer(p.TrustWait)...)
	}
	return paths
}

func (f RecoveryFacts) byContact(wait time.Duration) Paths {
	first := CodeStep(f.Login)
	atOnce := time.Duration(0)
	if !slices.Contains(f.Contacts, f.Login) { // whoever has added it may not be the account's person, who is told
		atOnce = wait
	}
	with := func(wait time.Duration, rest ...StepKind) Path { return Path{First: first, Rest: rest, Wait: wait} }
	var paths Paths
	if len(f.Factors) > 0 {
		for _, k := range f.Factors {
			if k != first {
				paths = append(paths, with(0, k))
			}
		}
		return paths
	}
	switch f.Level {
	case accountv1.Level_STANDARD:
		paths = append(paths, with(atOnce, accountv1.StepKind_SNILS))
		if f.Question {
			paths = append(paths, with(atOnce, accountv1.StepKind_CONTROL_QUESTION))
		}
		return paths
	case accountv1.Level_CONFIRMED:
		paths = append(paths, with(wait, accountv1.StepKind_SNILS))
	default:
		paths = append(paths, with(wait))
	}
	if second, ok := f.second(); ok {
		paths = append(paths, with(0, CodeStep(second)))
	}
	return paths
}

// second is the other contact, if both count.
func (f RecoveryFacts) second() (Kind, bool) {
	other := Email
	if f.Login == Email {
		other = Phone
	}
	return other, slices.Contains(f.Contacts, other) && slices.Contains(f.Contacts, f.Login)
}

// withoutContact are the ways of who has lost every contact.
func (f RecoveryFacts) withoutContact(wait time.Duration) Paths {
	var paths Paths
	if slices.Contains(f.Factors, accountv1.StepKind_PASSKEY) {
		paths = append(paths, Path{First: accountv1.StepKind_PASSKEY})
	}
	if !slices.Contains(f.Factors, accountv1.StepKind_BACKUP_CODE) {
		return paths
	}
	code := Path{First: accountv1.StepKind_BACKUP_CODE, Wait: wait}
	if f.Level >= accountv1.Level_STANDARD {
		code = Path{First: accountv1.StepKind_BACKUP_CODE, Rest: []StepKind{accountv1.StepKind_SNILS}}
	}
	return append(paths, code)
}

// Reached says what the completed steps are good for: the end at once, or after a wait; wait is zero when there is none to begin.
func (p Paths) Reached(met Steps) (end bool, wait time.Duration) {
	for _, path := range p {
		switch {
		case !path.complete(met):
		case path.Wait == 0:
			return true, 0
		case wait == 0 || path.Wait < wait:
			wait = path.Wait
		}
	}
	return false, wait
}

// RecoveryState is how far a recovery has come.
type RecoveryState = accountv1.Recovery_State

// RecoveryState is what a recovery needs whose account has these ways back now. A wait that is over counts only while some way
// leads through one: who binds a second factor meanwhile is asked for it.
func (s SignIn) RecoveryState(p Paths, now time.Time) (state RecoveryState, canWait bool) {
	end, wait := p.Reached(s.Met)
	switch {
	case end:
		return accountv1.Recovery_READY, false
	case wait == 0 && len(s.Met) > 0 && (!p.begun(s.Met) || len(p.Offered(s.Met)) == 0):
		return accountv1.Recovery_IMPOSSIBLE, false
	case wait == 0:
		return accountv1.Recovery_STEP_REQUIRED, false
	case s.WaitTime.IsZero():
		return accountv1.Recovery_STEP_REQUIRED, true
	case now.Before(s.WaitTime.Add(wait)):
		return accountv1.Recovery_WAITING, false
	}
	return accountv1.Recovery_READY, false
}

// Waiting is the recovery whose wait, if it has begun, is as long as these ways back ask for now, and which can be completed for a
// while after that.
func (s SignIn) Waiting(p Paths, openFor time.Duration) SignIn {
	if _, wait := p.Reached(s.Met); wait > 0 && !s.WaitTime.IsZero() {
		s.EffectiveTime = s.WaitTime.Add(wait)
		if until := s.EffectiveTime.Add(openFor); until.After(s.ExpireTime) { // a shorter wait ends nothing
			s.ExpireTime = until
		}
	}
	return s
}

// CheckUnderWay refuses a recovery that has ended or run out.
func (s SignIn) CheckUnderWay(now time.Time) error {
	if s.Done || !now.Before(s.ExpireTime) {
		return s.gone()
	}
	return nil
}

// CheckStoppable refuses to stop what is completed.
func (s SignIn) CheckStoppable() error {
	if s.Done && !s.Cancelled {
		return errs.New(errorsv1.Reason_RECOVERY_COMPLETED, "the recovery has ended")
	}
	return nil
}

// NoRecovery refuses a token that no open recovery has, and does not say why.
func NoRecovery() error {
	return errs.New(errorsv1.Reason_RECOVERY_NOT_FOUND, "there is no such recovery under way")
}

// RecoveryStepsLeft refuses to complete what is not proven.
func RecoveryStepsLeft() error {
	return errs.New(errorsv1.Reason_RECOVERY_STEPS_LEFT, "steps of the recovery are left")
}

// AnswerWrong refuses a SNILS or an answer and says how many more are compared before a lock.
func (l FactorLimits) AnswerWrong(o Lockout) error {
	return errs.New(errorsv1.Reason_RECOVERY_ANSWER_WRONG, "it is not the account's").Leaving(l.ToLock - o.Failures%l.ToLock)
}

// CheckRecovery refuses what comes too often at the beginning of a recovery.
func (t Throttle) CheckRecovery(counts FailureCounts, now time.Time) error {
	return t.check(counts, now, errorsv1.Reason_RECOVERY_LIMIT)
}
