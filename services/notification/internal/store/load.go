package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// Load copies messages that were sent, and for each an entry in its addressee's feed.
func Load(ctx context.Context, c *pgx.Conn, messages []domain.Message, entry func(m domain.Message) domain.Entry) error {
	columns := []string{
		"id", "idempotency_key", "template", "channel", "language", "account_id", "state", "attempts", "created_at", "expire_at",
	}
	rows := pgx.CopyFromSlice(len(messages), func(i int) ([]any, error) {
		m := messages[i]
		return []any{
			m.ID, m.Key, m.Template, m.Channel.String(), m.Language, m.AccountID, string(domain.Sent), 1, m.ExpireTime, m.ExpireTime,
		}, nil
	})
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"messages"}, columns, rows); err != nil {
		return err
	}
	columns = []string{"id", "account_id", "type", "params", "created_at"}
	rows = pgx.CopyFromSlice(len(messages), func(i int) ([]any, error) {
		e := entry(messages[i])
		return []any{e.ID, e.AccountID, e.Template, e.Params, e.Time}, nil
	})
	_, err := c.CopyFrom(ctx, pgx.Identifier{"feed"}, columns, rows)
	return err
}
