package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
)

// Load copies sends of sign-ups that were delivered and used, each to a destination and from an address of its own, with
// their counters but the installation's, which would be at its limit.
func Load(ctx context.Context, c *pgx.Conn, n int, send func(i int) (domain.Send, secret.Index)) error {
	sends := make([]domain.Send, n)
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
		return []any{s.ID, s.DestinationID, s.FlowID, s.AddressMAC, s.At, true, s.At, s.CallerIDs}, nil
	})
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"sends"}, columns, rows); err != nil {
		return err
	}
	rows = pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		return []any{otpv1.Purpose_REGISTRATION.String(), "ADDRESS", sends[i].AddressMAC, sends[i].At, 1}, nil
	})
	_, err := c.CopyFrom(ctx, pgx.Identifier{"counters"}, []string{"purpose", "kind", "subject", "since", "n"}, rows)
	return err
}
