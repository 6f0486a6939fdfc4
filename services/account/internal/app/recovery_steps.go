package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// CompleteRecoveryStep proves one thing. A request that was answered before gets as far as its answer only with the same proof.
func (a *App) CompleteRecoveryStep(
	ctx context.Context, cmd StepCommand, answered idempotency.Hook[Recovery],
) (out Recovery, err error) {
	r, err := a.Store.Recovery(ctx, cmd.SignInToken, cmd.Surface)
	if err != nil {
		return out, err
	}
	if err := r.CheckOpen(cmd.Kind, a.Now()); err != nil && !mayBeRepeated(ctx, r, cmd.Kind) {
		return out, err
	}
	progress, err := a.completeRecoveryStep(ctx, cmd, r, func(ctx context.Context, tx idempotency.Querier, p Progress) error {
		return answered(ctx, tx, p.Recovery)
	})
	return progress.Recovery, err
}

func (a *App) completeRecoveryStep(
	ctx context.Context, cmd StepCommand, r domain.SignIn, answered idempotency.Hook[Progress],
) (Progress, error) {
	toContact, err := a.isContactCode(ctx, r, cmd.Kind)
	switch {
	case err != nil:
		return Progress{}, err
	case toContact:
		return a.completeContactCode(ctx, cmd, r, answered)
	case cmd.Kind == accountv1.StepKind_SNILS, cmd.Kind == accountv1.StepKind_CONTROL_QUESTION:
		return a.completeAnswer(ctx, cmd, r, answered)
	case cmd.Kind == accountv1.StepKind_TRUSTED_CONTACT:
		return a.completeTrusted(ctx, cmd, r, answered)
	case cmd.Kind == accountv1.StepKind_BACKUP_CODE && (len(r.Met) == 0 || r.Met[0].Kind == cmd.Kind):
		return a.completeFirstBackupCode(ctx, cmd, r, answered)
	}
	return a.completeFactor(ctx, cmd, r, answered)
}

// isContactCode says whether a step's code goes to a contact as such. One to the phone that is bound as a second factor is that
// factor's, with its limits.
func (a *App) isContactCode(ctx context.Context, r domain.SignIn, k domain.StepKind) (bool, error) {
	switch k {
	case domain.CodeStep(r.Contact.Kind), accountv1.StepKind_EMAIL_CODE:
		return true, nil
	case accountv1.StepKind_SMS_CODE:
		all, err := a.Store.Factors(ctx, r.AccountID)
		return len(all.Bound().Of(k)) == 0, err
	default:
		return false, nil
	}
}

// recoveryCode is the code of a step to a contact.
func (a *App) recoveryCode(ctx context.Context, r domain.SignIn, k domain.StepKind) (contactCode, error) {
	contact, found, err := recoveryContact(ctx, a.Store, r, k)
	if err == nil && !found {
		err = domain.StepNotOpen()
	}
	return contactCode{purpose: otpv1.Purpose_RECOVERY, flow: r.ID, contact: contact}, err
}

// recoveryContact is where the code of a step goes: to the contact that the recovery was begun with, or to the account's other one.
func recoveryContact(ctx context.Context, s reader, r domain.SignIn, k domain.StepKind) (domain.Identifier, bool, error) {
	if k == domain.CodeStep(r.Contact.Kind) {
		return r.Contact, true, nil
	}
	own, err := s.OwnContacts(ctx, r.AccountID)
	if err != nil {
		return domain.Identifier{}, false, err
	}
	for _, c := range own {
		if domain.CodeStep(c.Kind) == k {
			return c.Identifier, true, nil
		}
	}
	return domain.Identifier{}, false, nil
}

// completeContactCode has otp compare the code. That the contact is the account's is asked again: it may have gone since.
func (a *App) completeContactCode(
	ctx context.Context, cmd StepCommand, r domain.SignIn, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	code, err := a.recoveryCode(ctx, r, cmd.Kind)
	if err != nil {
		return out, err
	}
	if err := a.verifyAs(ctx, code, cmd.Code, a.attemptID(r.ID, cmd.Code)); err != nil {
		return out, err
	}
	still := func(ctx context.Context, tx *store.Tx, c *course, _ time.Time) (uuid.UUID, error, error) {
		own, err := tx.OwnContacts(ctx, c.AccountID)
		contact, found := own.Of(code.contact.Kind)
		if err == nil && (!found || contact.Key != code.contact.Key) {
			err = domain.NoRecovery()
		}
		return contact.ID, nil, err
	}
	return a.judgeStep(ctx, cmd, r, cmd.Code, still, answered)
}

// judge says under the lock on the recovery, or the step-up, whether what was presented is right, and what it rests on, if on anything
// that can go; a refusal is committed with what it counted.
type judge func(ctx context.Context, tx *store.Tx, c *course, now time.Time) (holding uuid.UUID, refusal, err error)

// judgeStep has a proof judged, and goes on after a right one.
func (a *App) judgeStep(
	ctx context.Context, cmd StepCommand, r domain.SignIn, presented string, judged judge, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	mac := a.stepMAC(r.ID, cmd.Kind, []byte(presented))
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := a.Now()
		var c course
		if c.SignIn, err = tx.LockSignIn(ctx, r.ID); err != nil {
			return err
		}
		if refusal = c.CheckOpen(cmd.Kind, now); refusal != nil {
			if step, met := c.Met.Of(cmd.Kind); met && secret.Equal(step.Proof, mac) {
				return repeated(ctx, tx, answered, refusal)
			}
			return nil
		}
		var holding uuid.UUID
		if holding, refusal, err = judged(ctx, tx, &c, now); err != nil || refusal != nil {
			return err
		}
		c.Met = c.Met.With(domain.Step{Kind: cmd.Kind, Time: now, HoldingID: holding, Proof: mac})
		c.CodeExpireTime = time.Time{}
		if out, err = a.advance(ctx, tx, c, now); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

// completeAnswer judges a SNILS or the answer to the control question. Only who has proven to have the contact gets here. Wrong
// ones count like those of a factor, under a lock, so that no more of many concurrent guesses are judged than of as many in a row.
func (a *App) completeAnswer(
	ctx context.Context, cmd StepCommand, r domain.SignIn, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	right, presented, err := a.answerer(ctx, cmd, r)
	if err != nil {
		return out, err
	}
	counted := func(ctx context.Context, tx *store.Tx, c *course, now time.Time) (_ uuid.UUID, refusal, err error) {
		lockout, err := tx.LockRecoveryFailures(ctx, c.AccountID, cmd.Kind)
		if err != nil {
			return uuid.Nil, nil, err
		}
		if refusal := a.FactorLimits.CheckOpen(lockout, now); refusal != nil {
			return uuid.Nil, refusal, nil
		}
		ok, err := right(ctx, tx)
		if err != nil {
			return uuid.Nil, nil, err
		}
		if !ok {
			refusal, err = a.failAnswer(ctx, tx, *c, cmd.Kind, lockout, now)
			return uuid.Nil, refusal, err
		}
		return uuid.Nil, nil, tx.SetRecoveryFailures(ctx, c.AccountID, cmd.Kind, domain.Lockout{})
	}
	return a.judgeStep(ctx, cmd, r, presented, counted, answered)
}

// answerer reads what was presented, and gives what judges it. A slow comparison is made before the transaction.
func (a *App) answerer(ctx context.Context, cmd StepCommand, r domain.SignIn) (
	right func(ctx context.Context, tx *store.Tx) (bool, error), presented string, err error,
) {
	if cmd.Kind == accountv1.StepKind_SNILS {
		snils, err := identifiers.ParseSNILS(cmd.SNILS)
		var wrong errs.Fields
		wrong.Check("snils", err)
		return func(ctx context.Context, tx *store.Tx) (bool, error) {
			owner, found, err := tx.Owner(ctx, domain.Identifier{Kind: domain.SNILS, Key: string(snils), Value: string(snils)})
			return found && owner == r.AccountID, err
		}, string(snils), wrong.Err()
	}
	presented = domain.NormalAnswer(password.Normal(cmd.Answer))
	if presented == "" {
		return nil, "", required("answer")
	}
	question, err := a.Store.ControlQuestion(ctx, r.AccountID)
	if errs.Is(err, errorsv1.Reason_CONTROL_QUESTION_NOT_SET) {
		err = domain.StepNotOpen()
	}
	if err != nil {
		return nil, "", err
	}
	matches, err := a.Hasher.Matches(ctx, question.PHC, presented)
	return func(ctx context.Context, tx *store.Tx) (bool, error) {
		now, err := tx.ControlQuestion(ctx, r.AccountID)
		return matches && now.PHC == question.PHC, err
	}, presented, err
}

// failAnswer counts a wrong answer, and gives the refusal.
func (a *App) failAnswer(
	ctx context.Context, tx *store.Tx, c course, k domain.StepKind, before domain.Lockout, now time.Time,
) (refusal, err error) {
	next, locked := a.FactorLimits.AfterFailure(before, now)
	if err := tx.SetRecoveryFailures(ctx, c.AccountID, k, next); err != nil {
		return nil, err
	}
	if err := a.tellRecoveryFailed(ctx, tx, c, k, next, locked); err != nil || !locked {
		return a.FactorLimits.AnswerWrong(next), err
	}
	return a.FactorLimits.CheckOpen(next, now), nil
}

// tellRecoveryFailed records a wrong proof, and has the person told when it was one too many.
func (a *App) tellRecoveryFailed(
	ctx context.Context, tx *store.Tx, c course, k domain.StepKind, o domain.Lockout, locked bool,
) error {
	account, id := c.AccountID.String(), c.ID.String()
	failed := &eventsv1.RecoveryFailed{AccountId: account, RecoveryId: id, Kind: k}
	if c.AccountID == uuid.Nil {
		return tx.Discard(ctx, account, failed)
	}
	if err := tx.Emit(ctx, account, failed); err != nil || !locked {
		return err
	}
	return tx.Emit(ctx, account, &eventsv1.RecoveryLocked{
		AccountId: account, RecoveryId: id, Kind: k, Disabled: a.FactorLimits.Disabled(o),
	})
}

// completeFirstBackupCode judges a backup code of who has proven nothing yet: anybody. Wrong ones slow that address down, as
// wrong passwords do, and cost the factor nothing, or a stranger could take its codes from the account's person. For a login that
// is nobody's the course is the same.
func (a *App) completeFirstBackupCode(
	ctx context.Context, cmd StepCommand, r domain.SignIn, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	try, err := a.factorTry(ctx, cmd, r)
	if err != nil {
		return out, err
	}
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		out, refusal, err = a.tryFirstBackupCode(ctx, tx, r, try, answered)
		return err
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

func (a *App) tryFirstBackupCode(
	ctx context.Context, tx *store.Tx, r domain.SignIn, try factorTry, answered idempotency.Hook[Progress],
) (out Progress, refusal, err error) {
	now := a.Now()
	c := course{}
	if c.SignIn, err = tx.LockSignIn(ctx, r.ID); err != nil {
		return out, nil, err
	}
	if notOpen := c.CheckOpen(try.Kind, now); notOpen != nil {
		if step, met := c.Met.Of(try.Kind); met && secret.Equal(step.Proof, try.mac) {
			return out, nil, repeated(ctx, tx, answered, notOpen)
		}
		return out, notOpen, nil
	}
	if len(c.Met) > 0 { // what counts is decided by what was proven before
		return out, domain.StepNotOpen(), nil
	}
	target := a.targetOf(ctx, c.Subject)
	counts, err := tx.LockFailures(ctx, target, a.Throttle.Expiry(domain.FailureCounts{}, now))
	if err != nil {
		return out, nil, err
	}
	if refusal := a.Throttle.CheckRecovery(counts, now); refusal != nil {
		return out, refusal, nil
	}
	checked, err := a.checkFirstBackupCode(ctx, tx, c, try, now)
	if errs.Is(err, errorsv1.Reason_CODE_WRONG) {
		next := a.Throttle.AfterFailure(counts, now)
		if failed := tx.SetFailures(ctx, target, counts, next, a.Throttle.Expiry(next, now)); failed != nil {
			return out, nil, failed
		}
		return out, err, a.tellRecoveryFailed(ctx, tx, c, try.Kind, domain.Lockout{}, false)
	}
	if err != nil {
		return out, nil, err
	}
	out, err = a.proven(ctx, tx, c, try, checked, now)
	if err != nil {
		return out, nil, err
	}
	return out, nil, answered(ctx, tx, out)
}

// checkFirstBackupCode spends a code of the account's; without any, or when they are disabled, every code is wrong.
func (a *App) checkFirstBackupCode(
	ctx context.Context, tx *store.Tx, c course, try factorTry, now time.Time,
) (factors.Checked, error) {
	f, err := tx.LockFactor(ctx, c.AccountID, try.Kind, nil)
	if errs.Is(err, errorsv1.Reason_FACTOR_NOT_FOUND) || err == nil && a.FactorLimits.Disabled(f.Lockout) {
		f, err = domain.Factor{}, nil
	}
	if err != nil {
		return factors.Checked{}, err
	}
	return try.kind.Check(ctx, tx, f, try.proof, now)
}

// showRecoveryStep shows what is asked for in a recovery only; empty: it is a factor's step.
func (a *App) showRecoveryStep(ctx context.Context, r reader, in domain.SignIn, k domain.StepKind) (out OpenStep, err error) {
	switch k {
	case accountv1.StepKind_SMS_CODE, accountv1.StepKind_EMAIL_CODE:
		out.Kind, out.CodeExpireTime = k, in.CodeExpireTime
		contact, found, err := recoveryContact(ctx, r, in, k)
		if found {
			out.Destination = contact.Masked()
		}
		return out, err
	case accountv1.StepKind_CONTROL_QUESTION:
		out.Kind = k
		question, err := r.ControlQuestion(ctx, in.AccountID)
		out.Question = question.Question
		return out, err
	default:
		return out, nil
	}
}
