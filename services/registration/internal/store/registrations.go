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
	"github.com/propusk-id/propusk/services/registration/internal/domain"
	"github.com/propusk-id/propusk/services/registration/internal/store/db"
)

// Get finds a registration; an unknown id is refused (REGISTRATION_NOT_FOUND).
func (s *Store) Get(ctx context.Context, id string) (domain.Registration, error) {
	row, err := db.New(s.pool).GetRegistration(ctx, id)
	return read(s.keys, row, err)
}

// Lock finds a registration and locks it until the transaction ends.
func (t *Tx) Lock(ctx context.Context, id string) (domain.Registration, error) {
	row, err := t.q.LockRegistration(ctx, id)
	return read(t.keys, row, err)
}

// LockOfAccount is Lock by the account's id.
func (t *Tx) LockOfAccount(ctx context.Context, accountID uuid.UUID) (domain.Registration, error) {
	row, err := t.q.LockRegistrationOfAccount(ctx, accountID)
	return read(t.keys, row, err)
}

// Insert keeps a new registration.
func (t *Tx) Insert(ctx context.Context, r domain.Registration, now time.Time) error {
	plain, err := json.Marshal(r.Card)
	if err != nil {
		return err
	}
	card, err := t.keys.Seal(plain, cardOf(r.ID))
	if err != nil {
		return err
	}
	return t.q.InsertRegistration(ctx, db.InsertRegistrationParams{
		ID: r.ID, AccountID: r.AccountID, Card: card, Channel: string(r.Channel), Decoy: r.Decoy,
		State: string(r.State), CreatedAt: now, ExpiresAt: r.ExpireTime,
	})
}

// SetCode notes how long the newest code lives.
func (t *Tx) SetCode(ctx context.Context, id string, expire, resend time.Time) error {
	return t.q.SetCode(ctx, db.SetCodeParams{ID: id, CodeExpireAt: &expire, ResendAt: &resend})
}

// SetVerified notes that the contact is proven, and the hash of the token that may go on.
func (t *Tx) SetVerified(ctx context.Context, id string, tokenHash []byte) error {
	return t.q.SetVerified(ctx, db.SetVerifiedParams{ID: id, CompletionTokenHash: tokenHash})
}

// SetExpiry moves the end of an unfinished registration.
func (t *Tx) SetExpiry(ctx context.Context, id string, at time.Time) error {
	return t.q.SetExpiry(ctx, db.SetExpiryParams{ID: id, ExpiresAt: at})
}

// End ends a registration and wipes the person's data.
func (t *Tx) End(ctx context.Context, id string, state domain.State) error {
	return t.q.EndRegistration(ctx, db.EndRegistrationParams{ID: id, State: string(state)})
}

// ExpireUnfinished ends a batch of registrations that nobody finished in time, and says how many there were;
// those whose first code never went out are unknown to everybody and not told.
func (t *Tx) ExpireUnfinished(ctx context.Context, now time.Time, limit int32) (ended []domain.Registration, all int, err error) {
	rows, err := t.q.ExpireUnfinished(ctx, db.ExpireUnfinishedParams{ExpiresAt: now, Limit: limit})
	for _, row := range rows {
		if row.CodeExpireAt != nil {
			ended = append(ended, domain.Registration{ID: row.ID, AccountID: row.AccountID, State: domain.Expired})
		}
	}
	return ended, len(rows), err
}

// DeleteEnded forgets a batch of registrations that ended before the instant.
func (s *Store) DeleteEnded(ctx context.Context, before time.Time, limit int32) (int64, error) {
	return db.New(s.pool).DeleteEnded(ctx, db.DeleteEndedParams{ExpiresAt: before, Limit: limit})
}

func read(keys *secret.Keys, row db.Registration, err error) (domain.Registration, error) {
	if pg.IsNotFound(err) {
		return domain.Registration{}, errs.New(errs.NotFound, errorsv1.Reason_REGISTRATION_NOT_FOUND, "there is no such sign-up")
	}
	if err != nil {
		return domain.Registration{}, err
	}
	r := domain.Registration{
		ID: row.ID, AccountID: row.AccountID, Channel: domain.Channel(row.Channel), Decoy: row.Decoy,
		State: domain.State(row.State), TokenHash: row.CompletionTokenHash,
		CodeExpireTime: instant(row.CodeExpireAt), ResendTime: instant(row.ResendAt), ExpireTime: row.ExpiresAt,
	}
	if row.Card == nil {
		return r, nil
	}
	plain, err := keys.Open(row.Card, cardOf(row.ID))
	if err != nil {
		return domain.Registration{}, err
	}
	return r, json.Unmarshal(plain, &r.Card)
}

func cardOf(id string) secret.AssociatedData {
	return secret.AssociatedData{Table: "registrations", Row: id, Column: "card"}
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
