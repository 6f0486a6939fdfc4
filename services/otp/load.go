package otp

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/otp/internal/app"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

// Load copies, for each destination, a code that was sent and used into the schema that conn sees, to measure what an
// installation's size costs. They were sent during the given time, evenly, each from an address of its own.
func Load(ctx context.Context, conn *pgx.Conn, keys *secret.Keys, destinations []string, during time.Duration, now time.Time) error {
	step := during / time.Duration(len(destinations)+1)
	return store.Load(ctx, conn, len(destinations), func(i int) (domain.Send, secret.Index) {
		return domain.Send{
			ID: secret.NewID(), DestinationID: secret.NewID(), FlowID: secret.NewRandomID(), CallerIDs: []string{secret.NewRandomID()},
			AddressMAC: keys.MAC("address", []byte(destinations[i])), At: now.Add(-during + time.Duration(i)*step),
		}, app.Index(keys, destinations[i])
	})
}
