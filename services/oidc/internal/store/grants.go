package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// PutConsent stores which of the requested scopes were agreed to, and which of their claims are kept back.
func (t *Tx) PutConsent(
	ctx context.Context, accountID uuid.UUID, clientID string, asked []string, agreed domain.Consent, now time.Time,
) error {
	return t.q.PutConsent(ctx, db.PutConsentParams{
		AccountID: accountID, ClientID: clientID, Agreed: agreed.Scopes, Declined: list(agreed.Declined), Asked: asked,
		AskedClaims: list(domain.ClaimsOf(asked)), ChangedAt: now,
	})
}

// InsertGrant redeems a code; false: it was redeemed before, or its session has ended. The session's lock serialises it
// with the session's end.
func (t *Tx) InsertGrant(ctx context.Context, g domain.Grant, codeHash []byte) (bool, error) {
	if err := t.q.LockSession(ctx, g.SessionID); err != nil {
		return false, err
	}
	n, err := t.q.InsertGrant(ctx, grantRow(g, codeHash))
	return n == 1, err
}

func grantRow(g domain.Grant, codeHash []byte) db.InsertGrantParams {
	return db.InsertGrantParams{
		ID: g.ID, CodeHash: codeHash, ClientID: g.ClientID, AccountID: g.AccountID, SessionID: g.SessionID,
		Scopes: g.Scopes, AuthTime: g.AuthTime, Acr: g.ACR, Amr: list(g.AMR), Offline: g.Offline, Language: g.Language,
		IssuedAt: g.RotatedAt, ExpiresAt: g.ExpireTime, Declined: list(g.Declined), Resources: list(g.Resources),
	}
}

// Grant finds a grant; false: there is none.
func (c conn) Grant(ctx context.Context, id uuid.UUID) (domain.Grant, bool, error) {
	row, err := c.q.Grant(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Grant{}, false, nil
	}
	return grant(row), err == nil, err
}

// LockGrant reads a grant and locks it until the transaction ends; false: there is none.
func (t *Tx) LockGrant(ctx context.Context, id uuid.UUID) (domain.Grant, bool, error) {
	row, err := t.q.LockGrant(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Grant{}, false, nil
	}
	return grant(db.GrantRow(row)), err == nil, err
}

// Rotate makes the generation of refresh token after the grant's the valid one; false: the grant's is not valid. How long
// ago others were superseded is remembered for the grace period. A language is stored if there is one.
func (t *Tx) Rotate(ctx context.Context, g domain.Grant, grace time.Duration, now time.Time) (bool, error) {
	n, err := t.q.RotateGrant(ctx, db.RotateGrantParams{
		ID: g.ID, Generation: g.Generation, Now: now, RememberSince: now.Add(-grace), Language: g.Language,
	})
	return n == 1, err
}

// Revoke revokes a grant; false: it was revoked before.
func (t *Tx) Revoke(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	n, err := t.q.RevokeGrant(ctx, db.RevokeGrantParams{Now: now, ID: id})
	return n == 1, err
}

// RevokeByCode revokes the grant that a client's code was redeemed for; false: there is none, or it was revoked before.
func (t *Tx) RevokeByCode(ctx context.Context, codeHash []byte, clientID string, now time.Time) (domain.Grant, bool, error) {
	row, err := t.q.RevokeByCode(ctx, db.RevokeByCodeParams{Now: now, CodeHash: codeHash, ClientID: clientID})
	if pg.IsNotFound(err) {
		return domain.Grant{}, false, nil
	}
	return domain.Grant{ID: row.ID, AccountID: row.AccountID, ClientID: row.ClientID}, err == nil, err
}

// EndSession revokes the grants of a session, except those with offline access, and keeps its codes from being redeemed.
func (t *Tx) EndSession(ctx context.Context, sessionID string, now time.Time) ([]domain.Grant, error) {
	if err := t.q.LockSessionAlone(ctx, sessionID); err != nil {
		return nil, err
	}
	if err := t.q.EndSession(ctx, db.EndSessionParams{SessionID: sessionID, EndedAt: now}); err != nil {
		return nil, err
	}
	rows, err := t.q.RevokeBySession(ctx, db.RevokeBySessionParams{Now: now, SessionID: sessionID})
	return revoked(rows), err
}

// RevokeOffline revokes what an account's partners were issued to outlive its sessions.
func (t *Tx) RevokeOffline(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Grant, error) {
	rows, err := t.q.RevokeOffline(ctx, db.RevokeOfflineParams{Now: now, AccountID: account})
	same := make([]db.RevokeBySessionRow, len(rows))
	for i, row := range rows {
		same[i] = db.RevokeBySessionRow(row)
	}
	return revoked(same), err
}

func revoked(rows []db.RevokeBySessionRow) []domain.Grant {
	out := make([]domain.Grant, len(rows))
	for i, row := range rows {
		out[i] = domain.Grant{ID: row.ID, AccountID: row.AccountID, ClientID: row.ClientID}
	}
	return out
}

// PartnerSignIns are the clients that were given tokens for an account since an instant, each with the last time, newest first.
func (c conn) PartnerSignIns(ctx context.Context, account uuid.UUID, since time.Time) ([]domain.PartnerSignIn, error) {
	rows, err := c.q.ListPartnerSignIns(ctx, db.ListPartnerSignInsParams{AccountID: account, Since: since})
	out := make([]domain.PartnerSignIn, len(rows))
	for i, row := range rows {
		out[i] = domain.PartnerSignIn{ClientID: row.ClientID, Time: row.LastAt}
	}
	return out, err
}

// Sweep deletes grants that expired, and sessions that ended, before an instant.
func (c conn) Sweep(ctx context.Context, grants, sessions time.Time) error {
	if _, err := c.q.SweepGrants(ctx, grants); err != nil {
		return err
	}
	_, err := c.q.SweepSessions(ctx, sessions)
	return err
}

func grant(r db.GrantRow) domain.Grant {
	return domain.Grant{
		ID: r.ID, ClientID: r.ClientID, AccountID: r.AccountID, SessionID: r.SessionID, Scopes: r.Scopes,
		Declined: r.Declined, AuthTime: r.AuthTime, ACR: r.Acr, AMR: r.Amr, Offline: r.Offline, Generation: r.Generation,
		RotatedAt: r.RotatedAt, Superseded: r.Superseded, Resources: r.Resources, Language: r.Language, ExpireTime: r.ExpiresAt, Revoked: r.RevokedAt != nil,
	}
}

// SessionUsers are the clients that were given something in a session and the account that it is of, as grants without more.
func (c conn) SessionUsers(ctx context.Context, sessionID string) ([]domain.Grant, error) {
	rows, err := c.q.SessionUsers(ctx, sessionID)
	out := make([]domain.Grant, len(rows))
	for i, r := range rows {
		out[i] = domain.Grant{ClientID: r.ClientID, AccountID: r.AccountID}
	}
	return out, err
}

// AccountUsers are the clients that were given something for an account.
func (c conn) AccountUsers(ctx context.Context, account uuid.UUID) ([]domain.Grant, error) {
	rows, err := c.q.AccountUsers(ctx, account)
	out := make([]domain.Grant, len(rows))
	for i, r := range rows {
		out[i] = domain.Grant{ClientID: r.ClientID, AccountID: r.AccountID}
	}
	return out, err
}
