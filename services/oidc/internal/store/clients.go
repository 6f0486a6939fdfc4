package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// Client finds a partner's application; false: there is none.
func (c conn) Client(ctx context.Context, id string) (domain.Client, bool, error) {
	if !domain.ValidClientID(id) {
		return domain.Client{}, false, nil
	}
	row, err := c.q.Client(ctx, id)
	if pg.IsNotFound(err) {
		return domain.Client{}, false, nil
	}
	if err != nil {
		return domain.Client{}, false, err
	}
	client, err := readClient(row)
	return client, err == nil, err
}

// Clients are those of an owner, empty: of everybody, whose ids come after one, in their order.
func (c conn) Clients(ctx context.Context, owner, after string, limit int32) ([]domain.Client, error) {
	rows, err := c.q.Clients(ctx, db.ClientsParams{Owner: owner, After: after, Count: limit})
	if err != nil {
		return nil, err
	}
	out := make([]domain.Client, len(rows))
	for i, row := range rows {
		if out[i], err = readClient(db.ClientRow(row)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LockClient finds an application that nobody else changes until the transaction ends; false: there is none.
func (t *Tx) LockClient(ctx context.Context, id string) (domain.Client, bool, error) {
	if err := t.q.LockClient(ctx, id); err != nil {
		return domain.Client{}, false, err
	}
	return t.Client(ctx, id)
}

// PutClient registers or changes an application, with exactly its secrets.
func (c conn) PutClient(ctx context.Context, client domain.Client) error {
	row, err := clientRow(client)
	if err != nil {
		return err
	}
	if err := c.q.PutClient(ctx, row); err != nil {
		return err
	}
	keep := make([]uuid.UUID, len(client.Secrets))
	for i, s := range client.Secrets {
		keep[i] = s.ID
		secret := db.PutClientSecretParams{ID: s.ID, ClientID: client.ID, Hash: s.Hash, CreatedAt: s.CreateTime, ExpiresAt: optional(s.ExpireTime)}
		if err := c.q.PutClientSecret(ctx, secret); err != nil {
			return err
		}
	}
	return c.q.DeleteOtherClientSecrets(ctx, db.DeleteOtherClientSecretsParams{ClientID: client.ID, Keep: keep})
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// DeleteClient removes an application, what was agreed to for it and what waits for it; false: there is none.
func (t *Tx) DeleteClient(ctx context.Context, id string) (bool, error) {
	if err := errors.Join(t.q.DeleteClientConsents(ctx, id), t.q.DeleteClientHeldRequests(ctx, id)); err != nil {
		return false, err
	}
	n, err := t.q.DeleteClient(ctx, id)
	return n == 1, err
}

// RevokeByClient revokes so many of an application's grants, and returns them.
func (t *Tx) RevokeByClient(ctx context.Context, id string, limit int32, now time.Time) ([]domain.Grant, error) {
	rows, err := t.q.RevokeByClient(ctx, db.RevokeByClientParams{ClientID: id, Count: limit, Now: now})
	return revoked(rows), err
}

// list is never NULL.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// OriginKnown says whether it is the origin of a public client's browser application.
func (c conn) OriginKnown(ctx context.Context, origin string) (bool, error) {
	loopback, _ := domain.LoopbackHost(origin)
	return c.q.OriginKnown(ctx, db.OriginKnownParams{Origin: origin, Loopback: loopback})
}
