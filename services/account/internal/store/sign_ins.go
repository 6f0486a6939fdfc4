package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// InsertSignIn stores a new sign-in with the commit, of its token only the hash.
func (t *Tx) InsertSignIn(ctx context.Context, s domain.SignIn, token secret.String) error {
	needs, met, err := steps(s)
	if err != nil {
		return err
	}
	challenge, err := t.keys.Seal(s.Challenge, challengeAD(s.ID))
	if err != nil {
		return err
	}
	return t.last.InsertSignIn(ctx, db.InsertSignInParams{
		ID: s.ID, TokenHash: secret.HashToken(token.Reveal()), Purpose: int16(s.Purpose), AccountID: reference(s.AccountID),
		Subject: s.Subject, Surface: int16(s.Surface), SessionID: reference(s.SessionID), Device: s.Devices,
		Needs: needs, Met: met, Challenge: challenge, CreatedAt: s.CreateTime, ExpiresAt: s.ExpireTime,
	})
}

// SignIn finds the sign-in of a token on a surface; SIGN_IN_EXPIRED when there is none.
func (c conn) SignIn(ctx context.Context, token string, surface accountv1.Surface) (domain.SignIn, error) {
	row, err := c.q.FindSignIn(ctx, db.FindSignInParams{TokenHash: secret.HashToken(token), Surface: int16(surface)})
	return c.signIn(row, err)
}

// LockSignIn reads a sign-in and locks it until the transaction ends.
func (t *Tx) LockSignIn(ctx context.Context, id uuid.UUID) (domain.SignIn, error) {
	row, err := t.q.LockSignIn(ctx, id)
	return t.signIn(row, err)
}

// SetSignIn stores, with the commit, how far a sign-in has come.
func (t *Tx) SetSignIn(ctx context.Context, s domain.SignIn, now time.Time) error {
	needs, met, err := steps(s)
	if err != nil {
		return err
	}
	var done *time.Time
	if s.Done {
		done = &now
	}
	return t.last.SetSignIn(ctx, db.SetSignInParams{
		ID: s.ID, AccountID: reference(s.AccountID), Needs: needs, Met: met, DoneAt: done,
	})
}

// SetCodeSent stores until when the code that was sent can be used.
func (s *Store) SetCodeSent(ctx context.Context, signIn uuid.UUID, expire time.Time) error {
	return s.q.SetCodeSent(ctx, db.SetCodeSentParams{ID: signIn, CodeExpiresAt: &expire})
}

func steps(s domain.SignIn) (needs, met []byte, err error) {
	if needs, err = json.Marshal(s.Needs); err != nil {
		return nil, nil, err
	}
	if s.Met == nil {
		return needs, []byte(`[]`), nil
	}
	met, err = json.Marshal(s.Met)
	return needs, met, err
}

func (c conn) signIn(row db.SignIn, err error) (domain.SignIn, error) {
	if pg.IsNotFound(err) {
		return domain.SignIn{}, domain.SignInExpired()
	}
	if err != nil {
		return domain.SignIn{}, err
	}
	s := domain.SignIn{
		ID: row.ID, Purpose: domain.Purpose(row.Purpose), AccountID: row.AccountID.UUID, Subject: row.Subject,
		Surface: accountv1.Surface(row.Surface), SessionID: row.SessionID.UUID, Devices: row.Device,
		CodeExpireTime: instant(row.CodeExpiresAt), CreateTime: row.CreatedAt, ExpireTime: row.ExpiresAt, Done: row.DoneAt != nil,
		WaitTime: instant(row.WaitsSince), EffectiveTime: instant(row.EffectiveAt), CancelHash: row.CancelHash, Cancelled: row.CancelledAt != nil,
	}
	if err := json.Unmarshal(row.Needs, &s.Needs); err != nil {
		return s, err
	}
	if err := json.Unmarshal(row.Met, &s.Met); err != nil {
		return s, err
	}
	if s.Challenge, err = c.keys.Open(row.Challenge, challengeAD(s.ID)); err != nil || !row.ContactKind.Valid {
		return s, err
	}
	contact, err := c.keys.Open(row.Contact, recoveryAD(s.ID))
	s.Contact = contactOf(row.ContactKind.String, string(contact))
	return s, err
}

func reference(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

func challengeAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "sign_ins", Row: id.String(), Column: "challenge"}
}
