package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// HoldRequest keeps a request that waits. One of the same account and client is replaced and keeps its id.
func (c conn) HoldRequest(ctx context.Context, h domain.HeldRequest) error {
	return c.q.HoldRequest(ctx, db.HoldRequestParams{
		ID: h.ID, AccountID: h.AccountID, ClientID: h.ClientID, Level: int32(h.Level), CreatedAt: h.CreatedAt, ExpiresAt: h.ExpiresAt,
	})
}

// HeldRequests are those of an account that have not expired, newest first.
func (c conn) HeldRequests(ctx context.Context, accountID uuid.UUID, now time.Time) ([]domain.HeldRequest, error) {
	rows, err := c.q.HeldRequests(ctx, db.HeldRequestsParams{AccountID: accountID, Now: now})
	out := make([]domain.HeldRequest, len(rows))
	for i, r := range rows {
		out[i] = domain.HeldRequest{
			ID: r.ID, AccountID: accountID, ClientID: r.ClientID, Level: accountv1.Level(r.Level), CreatedAt: r.CreatedAt,
			ExpiresAt: r.ExpiresAt,
		}
	}
	return out, err
}

// DeleteHeldRequest removes one of an account's; false: it has none of this id.
func (c conn) DeleteHeldRequest(ctx context.Context, accountID, id uuid.UUID) (bool, error) {
	n, err := c.q.DeleteHeldRequest(ctx, db.DeleteHeldRequestParams{ID: id, AccountID: accountID})
	return n == 1, err
}

// EndHeldRequest removes what waits for a client: it was gone on with.
func (c conn) EndHeldRequest(ctx context.Context, accountID uuid.UUID, clientID string) error {
	return c.q.EndHeldRequest(ctx, db.EndHeldRequestParams{AccountID: accountID, ClientID: clientID})
}
