package app

import (
	"context"
	"regexp"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// SettingsCommand says what is to change of an account's settings; nil stays.
type SettingsCommand struct {
	AccountID        uuid.UUID
	Language, Region *string
	// NewDevices is unspecified where it stays.
	NewDevices accountv1.NewDevices
	// ThirdPartyAccess is unspecified where it stays.
	ThirdPartyAccess accountv1.ThirdPartyAccess
}

var region = regexp.MustCompile(`^([0-9]{2})?$`)

func (cmd SettingsCommand) check() error {
	var fields errs.Fields
	if l := cmd.Language; l != nil && *l != "ru" && *l != "en" {
		fields.Add("language", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	if r := cmd.Region; r != nil && (!region.MatchString(*r) || *r == "00") {
		fields.Add("region", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	return fields.Err()
}

// UpdateSettings changes what the person has set. Whether new devices are let in needs a recent proof, either way: it decides who
// gets in.
func (a *App) UpdateSettings(ctx context.Context, cmd SettingsCommand) (out domain.Account, err error) {
	if err := cmd.check(); err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if out, err = tx.LockAccount(ctx, cmd.AccountID); err != nil {
			return err
		}
		if cmd.Language != nil {
			out.Language = *cmd.Language
		}
		if cmd.Region != nil {
			out.Region = *cmd.Region
		}
		if cmd.NewDevices != 0 && cmd.NewDevices != out.NewDevices {
			out.NewDevices = cmd.NewDevices
			if err := a.changeNewDevices(ctx, tx, out); err != nil {
				return err
			}
		}
		if err := changeThirdPartyAccess(ctx, tx, &out, cmd.ThirdPartyAccess); err != nil {
			return err
		}
		return tx.SetSettings(ctx, out)
	})
	return out, err
}

// changeThirdPartyAccess needs no proof: to limit takes nothing from the person, and to lift the limit gives no partner more than
// was agreed to.
func changeThirdPartyAccess(ctx context.Context, tx *store.Tx, account *domain.Account, access accountv1.ThirdPartyAccess) error {
	if access == 0 || access == account.ThirdPartyAccess {
		return nil
	}
	account.ThirdPartyAccess = access
	id := account.ID.String()
	return tx.Emit(ctx, id, &eventsv1.ThirdPartyAccessChanged{
		AccountId: id, ThirdPartyAccess: access, Version: int64(account.Version) + 1, // as SetSettings stores it
	})
}

func (a *App) changeNewDevices(ctx context.Context, tx *store.Tx, account domain.Account) error {
	if err := provenLately(ctx, a.Now()); err != nil {
		return err
	}
	id := account.ID.String()
	return tx.Emit(ctx, id, &eventsv1.NewDevicesChanged{AccountId: id, NewDevices: account.NewDevices})
}
