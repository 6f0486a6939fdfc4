package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
)

// Load copies sends that were delivered and used, each to a destination of its own.
func Load(ctx context.Context, c *pgx.Conn, n int, send func(i int) (Send, secret.Index)) error {
	sends := make([]Send, n)
	rows := pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		s, index := send(i)
		sends[i] = s
		return []any{s.DestinationID, index.KeyID, index.Value}, nil
	})
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"destinations"}, []string{"id", "index_key_id", "index_value"}, rows); err != nil {
		return err
	}
	columns := []string{"id", "destination_id", "flow_id", "ip_mac", "sent_at", "handed_over", "spent_at", "caller_ids"}
	rows = pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		s := sends[i]
		return []any{s.ID, s.DestinationID, s.FlowID, s.AddressMAC, s.At, true, s.At, []string{s.CallerID}}, nil
	})
	_, err := c.CopyFrom(ctx, pgx.Identifier{"sends"}, columns, rows)
	return err
}
