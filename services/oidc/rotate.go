package oidc

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// RotateKeys has every signing key followed by another, in the schema that conn sees. Within a minute the service publishes the new
// keys; they sign once partners have had the time to read them, and the old ones stay published for as long again. A key that is
// published already and does not sign yet is not followed by a third.
func RotateKeys(ctx context.Context, conn *pgx.Conn, now time.Time) error {
	return store.RequestRotation(ctx, conn, now)
}
