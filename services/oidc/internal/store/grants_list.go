package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// OpenGrants are those of an account that live, the latest first, after a position.
func (c conn) OpenGrants(
	ctx context.Context, account uuid.UUID, after paging.Moment, limit int32, now time.Time,
) ([]domain.OpenGrant, error) {
	rows, err := c.q.ListGrants(ctx, db.ListGrantsParams{
		AccountID: account, Now: now, BeforeTime: after.Time, BeforeID: after.ID, Count: limit,
	})
	out := make([]domain.OpenGrant, len(rows))
	for i, row := range rows {
		out[i] = domain.OpenGrant{
			ID: row.ID, ClientID: row.ClientID, Scopes: row.Scopes, Offline: row.Offline, IssueTime: row.IssuedAt,
			LastUseTime: row.RotatedAt, ExpireTime: row.ExpiresAt,
		}
	}
	return out, err
}

// RevokeByConsent revokes what was issued to a client for an account.
func (t *Tx) RevokeByConsent(ctx context.Context, account uuid.UUID, clientID string, now time.Time) ([]domain.Grant, error) {
	rows, err := t.q.RevokeByConsent(ctx, db.RevokeByConsentParams{Now: now, AccountID: account, ClientID: clientID})
	return revoked(rows), err
}

// PartnerSignIns are the clients that were given tokens or data of an account between two instants, newest first.
func (c conn) PartnerSignIns(
	ctx context.Context, account uuid.UUID, since, until time.Time,
) ([]domain.PartnerSignIn, error) {
	rows, err := c.q.ListPartnerSignIns(ctx, db.ListPartnerSignInsParams{AccountID: account, Since: since, Until: until})
	out := make([]domain.PartnerSignIn, len(rows))
	for i, row := range rows {
		out[i] = domain.PartnerSignIn{
			ClientID: row.ClientID, Time: sinceEpoch(row.SignedInAt), ReleaseTime: sinceEpoch(row.ReleasedAt), Claims: row.Claims,
		}
	}
	return out, err
}

// sinceEpoch is zero for the epoch, which stands for never.
func sinceEpoch(t time.Time) time.Time {
	if t.Unix() == 0 {
		return time.Time{}
	}
	return t
}
