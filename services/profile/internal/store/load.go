package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// Load copies a card for each account, as sign-up writes it.
func Load(
	ctx context.Context, c *pgx.Conn, keys *secret.Keys, accounts []uuid.UUID, person func(i int) domain.Person, at time.Time,
) error {
	columns := []string{"account_id", "data", "contacts", "created_at", "updated_at"}
	rows := pgx.CopyFromSlice(len(accounts), func(i int) ([]any, error) {
		r, err := conn{keys: keys}.putPerson(accounts[i], person(i), domain.Contacts{}, at)
		return []any{r.AccountID, r.Data, r.Contacts, r.At, r.At}, err
	})
	_, err := c.CopyFrom(ctx, pgx.Identifier{persons}, columns, rows)
	return err
}
