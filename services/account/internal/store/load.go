package store

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// LoadedHolder is an account with what belongs to it.
type LoadedHolder struct {
	Account    domain.Account
	Identifier domain.Identifier
	// PHC is the password's hash.
	PHC     string
	Session domain.Session
}

// Load copies many holders, row by row what the inserts write. Nobody else may use the tables' values meanwhile.
func Load(ctx context.Context, c *pgx.Conn, keys *secret.Keys, n int, holder func(i int) LoadedHolder) error {
	for _, t := range []struct {
		table   string
		columns []string
		row     func(h LoadedHolder) ([]any, error)
	}{
		{"accounts", []string{"id", "level", "language", "created_at"}, func(h LoadedHolder) ([]any, error) {
			return []any{h.Account.ID, int16(h.Account.Level), h.Account.Language, h.Account.CreateTime}, nil
		}},
		{
			"identifiers",
			[]string{"id", "account_id", "kind", "index_key_id", "index_value", "sealed", "added_at"},
			func(h LoadedHolder) ([]any, error) {
				r, err := identifierRow(keys, h.Account.ID, domain.Contact{ID: secret.NewID(), Identifier: h.Identifier})
				return []any{r.ID, r.AccountID, r.Kind, r.IndexKeyID, r.IndexValue, r.Sealed, r.AddedAt}, err
			},
		},
		{"credentials", []string{"account_id", "sealed", "set_at"}, func(h LoadedHolder) ([]any, error) {
			r, err := credentialRow(keys, h.Account.ID, h.PHC, h.Account.CreateTime)
			return []any{r.AccountID, r.Sealed, r.SetAt}, err
		}},
		{
			"sessions",
			[]string{
				"id", "account_id", "surface", "token_hash", "auth_time", "amr", "steps", "proof_time", "created_at", "expires_at",
				"idle_expires_at",
			},
			func(h LoadedHolder) ([]any, error) {
				s, token := h.Session, secret.HashToken(secret.NewToken().Reveal())
				steps, err := json.Marshal(s.Steps)
				return []any{
					s.ID, s.AccountID, int16(s.Surface), token, s.AuthTime, s.AMR, steps, s.ProofTime, s.AuthTime, s.ExpireTime,
					s.IdleExpireTime,
				}, err
			},
		},
	} {
		rows := pgx.CopyFromSlice(n, func(i int) ([]any, error) { return t.row(holder(i)) })
		if _, err := c.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, rows); err != nil {
			return err
		}
	}
	return nil
}
