package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// Recovery is how far a recovery has come. Token is stored nowhere else, and there only when it has just begun.
type Recovery struct {
	domain.SignIn
	Token secret.String
	State domain.RecoveryState
	// CanWait: a wait can stand in for the steps that are left. PasswordOptional: the account has a passkey.
	CanWait, PasswordOptional bool
	// Trusted: the trusted contact counts. Told is until when people were told that it waits; zero: they were not.
	Trusted bool
	Told    time.Time
	Steps   []OpenStep
}

// StartRecovery begins a recovery. Whether an account has the login changes nothing of what is done for it: who asks learns
// nothing before he has proven to have the login's contact, or a factor of the account.
func (a *App) StartRecovery(ctx context.Context, typed string, surface accountv1.Surface) (out Recovery, err error) {
	contact, err := a.readLogin(typed)
	if err != nil {
		return out, err
	}
	now := a.Now()
	owner, _, err := a.Store.Owner(ctx, contact)
	if err != nil {
		return out, err
	}
	r, err := a.begin(domain.SignIn{
		Purpose: domain.Recover, AccountID: owner, Subject: a.recoverySubject(owner, contact), Surface: surface,
		Needs: domain.FirstRecoverySteps(contact.Kind), Contact: contact,
	}, now)
	if err != nil {
		return out, err
	}
	r.ExpireTime = now.Add(a.RecoveryPolicy.Life)
	out = Recovery{SignIn: r, Token: secret.NewToken(), State: accountv1.Recovery_STEP_REQUIRED}
	starts := a.targetOf(ctx, a.Keys.MAC("recovery start", []byte(contact.Kind), []byte(contact.Key)))
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if refusal, err = a.countStart(ctx, tx, r, starts, now); err != nil || refusal != nil {
			return err
		}
		if err := tx.InsertRecovery(ctx, r, out.Token); err != nil {
			return err
		}
		out.Steps, err = a.steps(ctx, tx, r)
		return err
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

// readLogin reads a phone or an email address. A SNILS can be sent nothing.
func (a *App) readLogin(typed string) (out domain.Identifier, err error) {
	login, err := identifiers.ParseLogin(typed)
	var wrong errs.Fields
	wrong.Check("login", err)
	switch {
	case err != nil:
	case login.Kind == identifiers.LoginPhone:
		_, err = identifiers.ParsePhoneOf(a.ContactPolicy.Countries, typed)
		wrong.Check("login", err)
		out = domain.Identifier{Kind: domain.Phone, Key: login.Value, Value: login.Value}
	case login.Kind == identifiers.LoginEmail:
		out = domain.Identifier{Kind: domain.Email, Key: login.Value, Value: login.Value}
	default:
		wrong.Add("login", errorsv1.Reason_LOGIN_NOT_CONTACT)
	}
	return out, wrong.Err()
}

// recoverySubject is what wrong codes at the beginning of recoveries are counted by.
func (a *App) recoverySubject(owner uuid.UUID, contact domain.Identifier) []byte {
	if owner == uuid.Nil {
		return a.Keys.MAC("recovery subject", []byte(contact.Kind), []byte(contact.Key))
	}
	return a.Keys.MAC("recovery subject", []byte("account"), owner[:])
}

// countStart counts a start, and has the account's person told of it unless there were several today.
func (a *App) countStart(
	ctx context.Context, tx *store.Tx, r domain.SignIn, starts store.Target, now time.Time,
) (refusal, err error) {
	limits := a.RecoveryPolicy.Starts
	counts, err := tx.LockFailures(ctx, starts, limits.Expiry(domain.FailureCounts{}, now))
	if err != nil {
		return nil, err
	}
	if refusal := limits.CheckRecovery(counts, now); refusal != nil {
		return refusal, nil
	}
	next := limits.AfterFailure(counts, now)
	if err := tx.SetFailures(ctx, starts, counts, next, limits.Expiry(next, now)); err != nil {
		return nil, err
	}
	event := &eventsv1.RecoveryStarted{AccountId: r.AccountID.String(), RecoveryId: r.ID.String()}
	if r.AccountID == uuid.Nil || next.Account.Failures > a.RecoveryPolicy.Told {
		return nil, tx.Discard(ctx, event.GetAccountId(), event)
	}
	return nil, tx.Emit(ctx, event.GetAccountId(), event)
}

// RecoveryUnderWay finds a recovery, with what it needs.
func (a *App) RecoveryUnderWay(ctx context.Context, token string, surface accountv1.Surface) (out Recovery, err error) {
	r, err := a.Store.Recovery(ctx, token, surface)
	if err != nil {
		return out, err
	}
	now := a.Now()
	if err := r.CheckUnderWay(now); err != nil {
		return out, err
	}
	return a.recoveryNow(ctx, a.Store, r, now)
}

// recoveryReader is the store, or a transaction.
type recoveryReader interface {
	reader
	RecoveryFacts(ctx context.Context, account uuid.UUID, freshSince time.Time) (domain.RecoveryFacts, error)
}

// recoveryNow judges a recovery by what its account has now.
func (a *App) recoveryNow(ctx context.Context, s recoveryReader, r domain.SignIn, now time.Time) (out Recovery, err error) {
	out = Recovery{SignIn: r, State: accountv1.Recovery_STEP_REQUIRED}
	if len(r.Met) > 0 {
		if err := a.judgeRecovery(ctx, s, &out, now); err != nil {
			return out, err
		}
	}
	if out.State == accountv1.Recovery_READY { // what is left on other ways is not needed any more
		return out, nil
	}
	out.Steps, err = a.steps(ctx, s, out.SignIn)
	return out, err
}

// judgeRecovery finds the ways back as they are now, and how far the steps that still rest on something have come. When none does,
// there is no such recovery any more: a contact or a factor that was stolen was taken off the account.
func (a *App) judgeRecovery(ctx context.Context, s recoveryReader, out *Recovery, now time.Time) error {
	facts, err := s.RecoveryFacts(ctx, out.AccountID, now.Add(-a.RecoveryPolicy.ContactAge))
	if err != nil {
		return err
	}
	t, _, err := s.TrustedContact(ctx, out.AccountID, now)
	if err != nil {
		return err
	}
	if t.Active(now) && !t.Since().After(now.Add(-a.RecoveryPolicy.ContactAge)) { // an intruder may have chosen a younger one
		facts.Trusted, facts.Holdings = true, append(facts.Holdings, t.ID)
	}
	if out.Met = facts.Standing(out.Met); len(out.Met) == 0 {
		return domain.NoRecovery()
	}
	out.PasswordOptional = slices.Contains(facts.Factors, accountv1.StepKind_PASSKEY)
	const codes = accountv1.StepKind_BACKUP_CODE
	if out.Met.Has(codes) && !slices.Contains(facts.Factors, codes) { // the last was spent here
		facts.Factors = append(facts.Factors, codes)
	}
	facts.Login = out.Contact.Kind
	out.Needs = facts.Paths(a.RecoveryPolicy)
	out.Trusted, out.Told = facts.Trusted, out.EffectiveTime
	if out.WaitTime.IsZero() && !out.EffectiveTime.IsZero() { // as the version before has stored it
		out.WaitTime = out.EffectiveTime.Add(-a.RecoveryPolicy.Wait)
	}
	out.SignIn = out.Waiting(out.Needs, a.RecoveryPolicy.OpenFor)
	out.State, out.CanWait = out.RecoveryState(out.Needs, now)
	return nil
}

// advanceRecovery stores what was completed.
func (a *App) advanceRecovery(ctx context.Context, tx *store.Tx, c course, now time.Time) (out Progress, err error) {
	r, err := a.recoveryNow(ctx, tx, c.SignIn, now)
	if err != nil {
		return out, err
	}
	if err := tx.SetRecovery(ctx, r.SignIn, now); err != nil {
		return out, err
	}
	return Progress{Recovery: r}, a.tellLongerWait(ctx, tx, &r)
}

// SendRecoveryCode sends the code of a step. One for a contact that no account has is a decoy: its owner is told that.
func (a *App) SendRecoveryCode(
	ctx context.Context, token string, surface accountv1.Surface, k domain.StepKind,
) (expire, resend time.Time, err error) {
	r, err := a.Store.Recovery(ctx, token, surface)
	if err != nil {
		return expire, resend, err
	}
	if err := r.CheckOpen(k, a.Now()); err != nil {
		return expire, resend, err
	}
	if toContact, err := a.isContactCode(ctx, r, k); err != nil {
		return expire, resend, err
	} else if !toContact {
		sent, err := a.sendCode(ctx, r, k)
		return sent.ExpireTime, sent.ResendTime, err
	}
	code, err := a.recoveryCode(ctx, r, k)
	if err != nil {
		return expire, resend, err
	}
	if code.known, err = a.knowsAddress(ctx, r.AccountID); err != nil {
		return expire, resend, err
	}
	return a.sendFor(ctx, r, code)
}

// knowsAddress says whether the account's person has signed in from the caller's address lately. Nobody has to an account that does not
// exist.
func (a *App) knowsAddress(ctx context.Context, account uuid.UUID) (bool, error) {
	counts, err := a.Store.Failures(ctx, a.target(ctx, "account", account.String()))
	return a.Now().Before(counts.KnownUntil), err
}

// sendFor has otp send the code of a step, once by one request. One for nobody is a decoy.
func (a *App) sendFor(ctx context.Context, in domain.SignIn, code contactCode) (expire, resend time.Time, err error) {
	name := a.sendID(ctx, in.ID)
	if name == "" {
		name = secret.NewRandomID()
	}
	if expire, resend, err = a.send(ctx, code, name, in.AccountID == uuid.Nil); err != nil {
		return expire, resend, err
	}
	return expire, resend, a.Store.SetCodeSent(ctx, in.ID, expire)
}
