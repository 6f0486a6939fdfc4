package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store/db"
)

// LoadClient registers a client.
func LoadClient(ctx context.Context, c *pgx.Conn, client domain.Client) error {
	return conn{q: db.New(c)}.PutClient(ctx, client)
}

// Load copies grants, each with the consent that it rests on.
func Load(ctx context.Context, c *pgx.Conn, n int, grant func(i int) domain.Grant) error {
	columns := []string{"account_id", "client_id", "scopes", "changed_at"}
	rows := pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		g := grant(i)
		return []any{g.AccountID, g.ClientID, g.Scopes, g.AuthTime}, nil
	})
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"consents"}, columns, rows); err != nil {
		return err
	}
	columns = []string{
		"id", "code_hash", "client_id", "account_id", "session_id", "scopes", "auth_time", "acr", "amr", "offline", "generation",
		"rotated_at", "issued_at", "expires_at",
	}
	rows = pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		g := grant(i)
		r := grantRow(g, secret.HashToken(secret.NewToken().Reveal()))
		return []any{
			r.ID, r.CodeHash, r.ClientID, r.AccountID, r.SessionID, r.Scopes, r.AuthTime, r.Acr, r.Amr, r.Offline, g.Generation,
			r.IssuedAt, r.IssuedAt, r.ExpiresAt,
		}, nil
	})
	_, err := c.CopyFrom(ctx, pgx.Identifier{"grants"}, columns, rows)
	return err
}
