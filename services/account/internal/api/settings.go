package api

import (
	"context"

	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Settings is the contract of what people have set.
type Settings struct {
	accountv1.UnimplementedSettingsServiceServer
	app *app.App
}

// GetSettings shows the settings.
func (s *Settings) GetSettings(ctx context.Context, r *accountv1.GetSettingsRequest) (*accountv1.Settings, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(settingsView)(s.app.Account(ctx, account))
}

// UpdateSettings changes some of them.
func (s *Settings) UpdateSettings(ctx context.Context, r *accountv1.UpdateSettingsRequest) (*accountv1.Settings, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(settingsView)(s.app.UpdateSettings(ctx, app.SettingsCommand{
		AccountID: account, Language: r.Language, Region: r.Region, NewDevices: r.GetNewDevices(),
		ThirdPartyAccess: r.GetThirdPartyAccess(),
	}))
}

func settingsView(a domain.Account) *accountv1.Settings {
	return &accountv1.Settings{
		Language: a.Language, Region: a.Region, NewDevices: a.NewDevices, ThirdPartyAccess: a.ThirdPartyAccess,
	}
}
