package store

import (
	"context"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// PutMisbehaviour stores how the server misbehaves for a client.
func (c conn) PutMisbehaviour(ctx context.Context, clientID string, m domain.Misbehaviour) error {
	return c.q.PutMisbehaviour(ctx, db.PutMisbehaviourParams{ClientID: clientID, Kinds: list(m.Kinds), ExpiresAt: m.ExpireTime})
}

// Misbehaviour is how the server misbehaves for a client, or did last.
func (c conn) Misbehaviour(ctx context.Context, clientID string) (domain.Misbehaviour, error) {
	row, err := c.q.Misbehaviour(ctx, clientID)
	if pg.IsNotFound(err) {
		return domain.Misbehaviour{}, nil
	}
	return domain.Misbehaviour{Kinds: row.Kinds, ExpireTime: row.ExpiresAt}, err
}

// CountClientsOf is how many clients somebody has registered.
func (c conn) CountClientsOf(ctx context.Context, owner string) (int, error) {
	n, err := c.q.CountClientsOf(ctx, owner)
	return int(n), err
}
