package profile

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// Load copies a card for each account into the schema that conn sees, to measure what an installation's size costs.
func Load(ctx context.Context, conn *pgx.Conn, keys *secret.Keys, accounts []uuid.UUID, now time.Time) error {
	return store.Load(ctx, conn, keys, accounts, func(int) domain.Person {
		return domain.Person{LastName: "Гаврилова", FirstName: "Анна", MiddleName: "Сергеевна"}
	}, now)
}
