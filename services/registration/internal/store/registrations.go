package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store/db"
)

// Get finds a registration; an unknown id is refused (REGISTRATION_NOT_FOUND).
func (c conn) Get(ctx context.Context, id string) (domain.Registration, error) {
	row, err := c.q.GetRegistration(ctx, id)
	return c.read(row, err)
}

// Lock finds a registration and locks it until the transaction ends.
func (t *Tx) Lock(ctx context.Context, id string) (domain.Registration, error) {
	row, err := t.q.LockRegistration(ctx, id)
	return t.read(row, err)
}

// LockOfAccount is Lock by the account's id.
func (t *Tx) LockOfAccount(ctx context.Context, accountID uuid.UUID) (domain.Registration, error) {
	row, err := t.q.LockRegistrationOfAccount(ctx, accountID)
	return t.read(row, err)
}

// Insert stores a new registration; false: a concurrent call of the same request has stored it.
func (t *Tx) Insert(ctx context.Context, r domain.Registration, now time.Time) (bool, error) {
	plain, err := json.Marshal(r.Card)
	if err != nil {
		return false, err
	}
	card, err := t.keys.Seal(plain, cardAD(r.ID))
	if err != nil {
		return false, err
	}
	n, err := t.q.InsertRegistration(ctx, db.InsertRegistrationParams{
		ID: r.ID, AccountID: r.AccountID, Card: card, Channel: r.Channel.String(), Decoy: r.Decoy, State: r.State.String(),
		CodeExpireAt: &r.CodeExpireTime, ResendAt: &r.ResendTime, CreatedAt: now, ExpiresAt: r.ExpireTime,
	})
	return n == 1, err
}

// SetCode notes how long the newest code lives.
func (t *Tx) SetCode(ctx context.Context, id string, expire, resend time.Time) error {
	return t.q.SetCode(ctx, db.SetCodeParams{ID: id, CodeExpireAt: &expire, ResendAt: &resend})
}

// SetVerified notes that the contact is proven, by which request, and the hash of the token that may go on; false: the
// registration waits for no proof.
func (c conn) SetVerified(ctx context.Context, id string, tokenHash, proofMAC []byte, now time.Time) (bool, error) {
	n, err := c.q.SetVerified(ctx, db.SetVerifiedParams{
		ID: id, CompletionTokenHash: tokenHash, ProofMac: proofMAC, Now: now,
	})
	return n == 1, err
}

// CountWrongProof counts what was presented as a repeat of the proof and is not.
func (t *Tx) CountWrongProof(ctx context.Context, id string) error {
	return t.q.CountWrongProof(ctx, id)
}

// CountWrongPassword counts a password that was presented again and is not the account's.
func (t *Tx) CountWrongPassword(ctx context.Context, id string) error {
	return t.q.CountWrongPassword(ctx, id)
}

// SetExpiry moves the end of an unfinished registration.
func (t *Tx) SetExpiry(ctx context.Context, id string, at time.Time) error {
	return t.q.SetExpiry(ctx, db.SetExpiryParams{ID: id, ExpiresAt: at})
}

// End ends a registration and wipes the person's data.
func (t *Tx) End(ctx context.Context, id string, state registrationv1.State) error {
	return t.q.EndRegistration(ctx, db.EndRegistrationParams{ID: id, State: state.String()})
}

// ExpireUnfinished ends a batch of registrations that nobody finished in time, and says how many there were. Those whose
// first code was never sent are left out of ended: nobody knows of them.
func (t *Tx) ExpireUnfinished(ctx context.Context, now time.Time, limit int32) (ended []domain.Registration, all int, err error) {
	rows, err := t.q.ExpireUnfinished(ctx, db.ExpireUnfinishedParams{ExpiresAt: now, Limit: limit})
	for _, row := range rows {
		if row.CodeExpireAt != nil {
			ended = append(ended, domain.Registration{ID: row.ID, AccountID: row.AccountID, State: registrationv1.State_EXPIRED})
		}
	}
	return ended, len(rows), err
}

// DeleteEnded deletes a batch of registrations that ended before the instant.
func (c conn) DeleteEnded(ctx context.Context, before time.Time, limit int32) (int64, error) {
	return c.q.DeleteEnded(ctx, db.DeleteEndedParams{ExpiresAt: before, Limit: limit})
}

func (c conn) read(row db.Registration, err error) (domain.Registration, error) {
	if pg.IsNotFound(err) {
		return domain.Registration{}, errs.New(errorsv1.Reason_REGISTRATION_NOT_FOUND, "there is no such sign-up")
	}
	if err != nil {
		return domain.Registration{}, err
	}
	r := domain.Registration{
		ID: row.ID, AccountID: row.AccountID, Decoy: row.Decoy,
		Channel:     registrationv1.Channel(registrationv1.Channel_value[row.Channel]),
		State:       registrationv1.State(registrationv1.State_value[row.State]),
		TokenHash:   row.CompletionTokenHash,
		ProofMAC:    row.ProofMac,
		WrongProofs: int(row.WrongProofs), WrongPasswords: int(row.WrongPasswords),
		CodeExpireTime: instant(row.CodeExpireAt), ResendTime: instant(row.ResendAt), ExpireTime: row.ExpiresAt,
	}
	if row.Card == nil {
		return r, nil
	}
	plain, err := c.keys.Open(row.Card, cardAD(row.ID))
	if err != nil {
		return domain.Registration{}, err
	}
	return r, json.Unmarshal(plain, &r.Card)
}

func cardAD(id string) secret.AssociatedData {
	return secret.AssociatedData{Table: "registrations", Row: id, Column: "card"}
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
