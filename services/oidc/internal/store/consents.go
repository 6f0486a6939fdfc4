package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// Consent is what a person has agreed to for a client, if anything.
func (c conn) Consent(ctx context.Context, accountID uuid.UUID, clientID string) (domain.Consent, error) {
	row, err := c.q.Consent(ctx, db.ConsentParams{AccountID: accountID, ClientID: clientID})
	if err != nil {
		return domain.Consent{}, err
	}
	terms, err := readTerms(row.Terms)
	return domain.Consent{
		Scopes: row.Scopes, Declined: row.Declined, Terms: terms, Withdrawals: row.Withdrawals, Limited: row.Limited,
		Held: accountv1.Level(row.Held),
	}, err
}

func readTerms(stored []byte) (terms map[string]string, err error) {
	return terms, json.Unmarshal(stored, &terms)
}

// PutConsent stores which of the requested scopes were agreed to, on which terms, and which of their claims are kept back.
func (t *Tx) PutConsent(
	ctx context.Context, accountID uuid.UUID, clientID string, asked []string, agreed domain.Consent, now time.Time,
) error {
	terms, err := json.Marshal(agreed.Terms)
	if err != nil {
		return err
	}
	return t.q.PutConsent(ctx, db.PutConsentParams{
		AccountID: accountID, ClientID: clientID, Agreed: agreed.Scopes, Declined: list(agreed.Declined), Asked: asked,
		AskedClaims: list(domain.ClaimsOf(asked)), Terms: terms, ChangedAt: now,
	})
}

// Consents are what a person has agreed to, the latest first, after a position.
func (c conn) Consents(
	ctx context.Context, account uuid.UUID, after domain.ConsentAt, limit int32,
) ([]domain.StoredConsent, error) {
	rows, err := c.q.ListConsents(ctx, db.ListConsentsParams{
		AccountID: account, BeforeTime: after.Time, BeforeClient: after.ClientID, Count: limit,
	})
	if err != nil {
		return nil, err
	}
	out := make([]domain.StoredConsent, len(rows))
	for i, row := range rows {
		terms, wrong := readTerms(row.Terms)
		err = errors.Join(err, wrong)
		out[i] = domain.StoredConsent{ClientID: row.ClientID, AgreeTime: row.ChangedAt, Consent: domain.Consent{
			Scopes: row.Scopes, Declined: row.Declined, Terms: terms,
		}}
	}
	return out, err
}

// LockPerson keeps codes for a person from being redeemed until the transaction ends: what is done meanwhile counts for them too.
func (t *Tx) LockPerson(ctx context.Context, account uuid.UUID) error {
	return t.q.LockPerson(ctx, account.String())
}

// WithdrawConsent takes back all that was agreed to for a client; false: nothing is.
func (t *Tx) WithdrawConsent(ctx context.Context, account uuid.UUID, clientID string, now time.Time) (bool, error) {
	n, err := t.q.WithdrawConsent(ctx, db.WithdrawConsentParams{Now: now, AccountID: account, ClientID: clientID})
	return n == 1, err
}

// ConsentKnown says whether something was agreed to for a client, withdrawn or not.
func (t *Tx) ConsentKnown(ctx context.Context, account uuid.UUID, clientID string) (bool, error) {
	return t.q.ConsentKnown(ctx, db.ConsentKnownParams{AccountID: account, ClientID: clientID})
}

// Limited says whether a person gives third parties nothing that they can do without.
func (c conn) Limited(ctx context.Context, account uuid.UUID) (bool, error) {
	return c.q.Limited(ctx, account)
}

// PutLimit stores whether a person does; false: a later word is known.
func (t *Tx) PutLimit(ctx context.Context, account uuid.UUID, limited bool, version int64) (bool, error) {
	n, err := t.q.PutLimit(ctx, db.PutLimitParams{AccountID: account, Limited: limited, Version: version})
	return n == 1, err
}
