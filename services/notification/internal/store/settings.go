package store

import (
	"context"

	"github.com/google/uuid"

	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store/db"
)

// Settings are what a person has set.
func (c conn) Settings(ctx context.Context, account uuid.UUID) (domain.Settings, error) {
	rows, err := c.q.ListSettings(ctx, account)
	out := domain.Settings{}
	for _, row := range rows {
		var channels []domain.Channel
		for _, name := range row.Channels {
			channels = append(channels, domain.Channel(notificationv1.Channel_value[name]))
		}
		out[domain.Switch(notificationv1.Switch_value[row.Kind])] = channels
	}
	return out, err
}

// PutSetting stores by which channels the person is told of a kind.
func (c conn) PutSetting(ctx context.Context, account uuid.UUID, kind domain.Switch, channels []domain.Channel) error {
	names := make([]string, len(channels))
	for i, channel := range channels {
		names[i] = channel.String()
	}
	return c.q.PutSetting(ctx, db.PutSettingParams{AccountID: account, Kind: kind.String(), Channels: names})
}
