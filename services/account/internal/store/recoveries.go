package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// InsertRecovery stores a new recovery with the commit, of its token only the hash.
func (t *Tx) InsertRecovery(ctx context.Context, r domain.SignIn, token secret.String) error {
	needs, met, err := steps(r)
	if err != nil {
		return err
	}
	challenge, err := t.keys.Seal(r.Challenge, challengeAD(r.ID))
	if err != nil {
		return err
	}
	contact, err := t.keys.Seal([]byte(r.Contact.Value), recoveryAD(r.ID))
	if err != nil {
		return err
	}
	kind := string(r.Contact.Kind)
	return t.last.InsertRecovery(ctx, db.InsertRecoveryParams{
		ID: r.ID, TokenHash: secret.HashToken(token.Reveal()), Purpose: int16(r.Purpose), AccountID: reference(r.AccountID),
		Subject: r.Subject, Surface: int16(r.Surface), Needs: needs, Met: met, Challenge: challenge,
		ContactKind: pgtype.Text{String: kind, Valid: true}, Contact: contact, CreatedAt: r.CreateTime, ExpiresAt: r.ExpireTime,
	})
}

// Recovery finds the recovery of a token on a surface; RECOVERY_NOT_FOUND when there is none.
func (c conn) Recovery(ctx context.Context, token string, surface accountv1.Surface) (domain.SignIn, error) {
	row, err := c.q.FindRecovery(ctx, db.FindRecoveryParams{TokenHash: secret.HashToken(token), Surface: int16(surface)})
	if pg.IsNotFound(err) {
		return domain.SignIn{}, domain.NoRecovery()
	}
	return c.signIn(row, err)
}

// RecoveryByID reads a recovery; RECOVERY_NOT_FOUND when there is none.
func (c conn) RecoveryByID(ctx context.Context, id uuid.UUID) (domain.SignIn, error) {
	row, err := c.q.GetRecovery(ctx, id)
	if pg.IsNotFound(err) {
		return domain.SignIn{}, domain.NoRecovery()
	}
	return c.signIn(row, err)
}

// RecoveryToCancel is the recovery that the token stops; LINK_INVALID when there is none.
func (c conn) RecoveryToCancel(ctx context.Context, token string) (domain.SignIn, error) {
	row, err := c.q.FindRecoveryToCancel(ctx, secret.HashToken(token))
	if pg.IsNotFound(err) {
		return domain.SignIn{}, domain.NoSuchLink()
	}
	return c.signIn(row, err)
}

// SetRecovery stores, with the commit, how far a recovery has come.
func (t *Tx) SetRecovery(ctx context.Context, r domain.SignIn, now time.Time) error {
	needs, met, err := steps(r)
	if err != nil {
		return err
	}
	p := db.SetRecoveryParams{
		ID: r.ID, AccountID: reference(r.AccountID), Needs: needs, Met: met, CodeExpiresAt: optional(r.CodeExpireTime),
		WaitsSince: optional(r.WaitTime), EffectiveAt: optional(r.EffectiveTime), CancelHash: r.CancelHash, ExpiresAt: r.ExpireTime,
	}
	if r.Done {
		p.DoneAt = &now
	}
	if r.Cancelled {
		p.CancelledAt = &now
	}
	return t.last.SetRecovery(ctx, p)
}

// RecoveryFacts are what decides how an account is recovered; of its contacts those that it had before freshSince. Without such an
// account there are none.
func (c conn) RecoveryFacts(ctx context.Context, account uuid.UUID, freshSince time.Time) (domain.RecoveryFacts, error) {
	row, err := c.q.GetRecoveryFacts(ctx, db.GetRecoveryFactsParams{AccountID: account, FreshSince: freshSince})
	if pg.IsNotFound(err) {
		return domain.RecoveryFacts{}, domain.NoRecovery()
	}
	out := domain.RecoveryFacts{Level: accountv1.Level(row.Level), Question: row.Question, Holdings: row.Holdings}
	for _, k := range row.Factors {
		out.Factors = append(out.Factors, domain.StepKind(k))
	}
	for _, k := range row.Contacts {
		out.Contacts = append(out.Contacts, domain.Kind(k))
	}
	return out, err
}

// LockRecoveryFailures reads what wrong answers of a kind have cost an account, and locks it until the transaction ends.
func (t *Tx) LockRecoveryFailures(ctx context.Context, account uuid.UUID, k domain.StepKind) (domain.Lockout, error) {
	row, err := t.q.LockRecoveryFailures(ctx, db.LockRecoveryFailuresParams{AccountID: account, Kind: int16(k)})
	return domain.Lockout{Failures: int(row.Failures), LockedUntil: instant(row.LockedUntil)}, err
}

// SetRecoveryFailures stores it.
func (t *Tx) SetRecoveryFailures(ctx context.Context, account uuid.UUID, k domain.StepKind, o domain.Lockout) error {
	return t.q.SetRecoveryFailures(ctx, db.SetRecoveryFailuresParams{
		AccountID: account, Kind: int16(k), Failures: int32(o.Failures), LockedUntil: optional(o.LockedUntil),
	})
}

// EndRecoveries ends the account's recoveries under way.
func (t *Tx) EndRecoveries(ctx context.Context, account uuid.UUID, at time.Time) error {
	return t.q.EndRecoveries(ctx, db.EndRecoveriesParams{AccountID: account, Now: at})
}

// DeleteCredential takes the password off an account.
func (t *Tx) DeleteCredential(ctx context.Context, account uuid.UUID) error {
	return t.q.DeleteCredential(ctx, account)
}

// ControlQuestion is an account's; CONTROL_QUESTION_NOT_SET when it has none.
func (c conn) ControlQuestion(ctx context.Context, account uuid.UUID) (domain.ControlQuestion, error) {
	row, err := c.q.GetControlQuestion(ctx, account)
	if pg.IsNotFound(err) {
		return domain.ControlQuestion{}, errs.New(errorsv1.Reason_CONTROL_QUESTION_NOT_SET, "the account has no control question")
	}
	if err != nil {
		return domain.ControlQuestion{}, err
	}
	plain, err := c.keys.Open(row.Sealed, questionAD(account))
	if err != nil {
		return domain.ControlQuestion{}, err
	}
	q := domain.ControlQuestion{SetTime: row.SetAt}
	return q, json.Unmarshal(plain, &q)
}

// SetControlQuestion stores an account's question, in the place of the one before.
func (t *Tx) SetControlQuestion(ctx context.Context, account uuid.UUID, q domain.ControlQuestion) error {
	plain, err := json.Marshal(q)
	if err != nil {
		return err
	}
	sealed, err := t.keys.Seal(plain, questionAD(account))
	if err != nil {
		return err
	}
	if err := t.forgetAnswers(ctx, account); err != nil {
		return err
	}
	return t.q.SetControlQuestion(ctx, db.SetControlQuestionParams{AccountID: account, Sealed: sealed, SetAt: q.SetTime})
}

// DeleteControlQuestion takes the question off an account; false: it has none.
func (t *Tx) DeleteControlQuestion(ctx context.Context, account uuid.UUID) (bool, error) {
	if err := t.forgetAnswers(ctx, account); err != nil {
		return false, err
	}
	n, err := t.q.DeleteControlQuestion(ctx, account)
	return n == 1, err
}

func (t *Tx) forgetAnswers(ctx context.Context, account uuid.UUID) error {
	return t.q.DeleteRecoveryFailures(ctx, db.DeleteRecoveryFailuresParams{
		AccountID: account, Kind: int16(accountv1.StepKind_CONTROL_QUESTION),
	})
}

func recoveryAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "sign_ins", Row: id.String(), Column: "contact"}
}

func questionAD(account uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "control_questions", Row: account.String(), Column: "sealed"}
}
