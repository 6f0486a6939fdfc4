package notification

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/secret"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
)

// Load copies, for each account, a message that was sent and an entry of the feed into the schema that conn sees, to
// measure what an installation's size costs.
func Load(ctx context.Context, conn *pgx.Conn, accounts []uuid.UUID, now time.Time) error {
	messages := make([]domain.Message, len(accounts))
	for i, account := range accounts {
		id := secret.NewID()
		messages[i] = domain.Message{
			ID: id, Key: id.String(), Template: "signed_in", Channel: notificationv1.Channel_SMS, Language: "ru",
			AccountID: uuid.NullUUID{UUID: account, Valid: true}, ExpireTime: now,
		}
	}
	return store.Load(ctx, conn, messages, func(m domain.Message) domain.Entry {
		return domain.Entry{ID: secret.NewID(), AccountID: m.AccountID.UUID, Template: m.Template, Params: map[string]string{}, Time: now}
	})
}
