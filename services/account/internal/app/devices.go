package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/rpc"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// DeviceShown is a device as its person sees it.
type DeviceShown struct {
	domain.Device

	// Current: the caller's session is on it. Trusted: it stands for the second factor now.
	Current, Trusted bool
}

// ListDevices is a page of those that the account was signed in to on, the one that was used last first, and the token of the next; the
// session is the caller's.
func (a *App) ListDevices(ctx context.Context, account, session uuid.UUID, q paging.Query) ([]DeviceShown, string, error) {
	page, err := a.list("devices").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	current, err := a.Store.DeviceOf(ctx, account, session)
	if err != nil {
		return nil, "", err
	}
	all, err := a.Store.Devices(ctx, account)
	if err != nil {
		return nil, "", err
	}
	shown := make([]DeviceShown, len(all))
	for i, d := range all {
		shown[i] = a.shownDevice(d, current)
	}
	slices.SortFunc(shown, func(x, y DeviceShown) int { return strings.Compare(x.position(), y.position()) })
	return paging.Rest(page, shown, DeviceShown.position)
}

func (d DeviceShown) position() string { return newestFirst(d.LastUseTime, d.ID) }

func (a *App) shownDevice(d domain.Device, current uuid.UUID) DeviceShown {
	return DeviceShown{Device: d, Current: d.ID == current, Trusted: d.Trusted(a.Now())}
}

// UpdateDeviceCommand says what is to change of a device; nil stays.
type UpdateDeviceCommand struct {
	AccountID, SessionID, DeviceID uuid.UUID
	Name                           *string
	Trusted, Forbidden             *bool
}

// UpdateDevice changes what the person has said of a device. Whoever has only got hold of a session must not undo what keeps him
// out elsewhere: allowing a device again needs a recent proof, forbidding one does not.
func (a *App) UpdateDevice(ctx context.Context, cmd UpdateDeviceCommand) (out DeviceShown, err error) {
	if err := cmd.check(); err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		current, err := tx.DeviceOf(ctx, cmd.AccountID, cmd.SessionID)
		if err != nil {
			return err
		}
		d, err := tx.LockDevice(ctx, cmd.AccountID, cmd.DeviceID)
		if err != nil {
			return err
		}
		if cmd.Name != nil {
			d.Name = strings.TrimSpace(*cmd.Name)
		}
		if cmd.Trusted != nil {
			d.TrustedUntil = time.Time{}
		}
		if cmd.Forbidden != nil {
			if d, err = a.setForbidden(ctx, tx, d, *cmd.Forbidden, d.ID == current); err != nil {
				return err
			}
		}
		out = a.shownDevice(d, current)
		return tx.SetDevice(ctx, d)
	})
	return out, err
}

func (cmd UpdateDeviceCommand) check() error {
	var fields errs.Fields
	if cmd.Trusted != nil && *cmd.Trusted {
		fields.Add("trusted", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	return fields.Err()
}

// setForbidden forbids a device and ends its sessions, or allows it again.
func (a *App) setForbidden(ctx context.Context, tx *store.Tx, d domain.Device, forbid, current bool) (domain.Device, error) {
	now := a.Now()
	account, id := d.AccountID.String(), d.ID.String()
	switch {
	case forbid == d.Forbidden():
		return d, nil
	case !forbid:
		if err := provenLately(ctx, now); err != nil {
			return d, err
		}
		d.ForbiddenTime = time.Time{}
		return d, tx.Emit(ctx, account, &eventsv1.DeviceAllowed{AccountId: account, DeviceId: id})
	case current:
		return d, errs.New(errorsv1.Reason_DEVICE_IN_USE, "the caller's session is on the device")
	}
	if err := endDeviceSessions(ctx, tx, d, now); err != nil {
		return d, err
	}
	return d.Forbid(now), tx.Emit(ctx, account, &eventsv1.DeviceForbidden{AccountId: account, DeviceId: id})
}

func endDeviceSessions(ctx context.Context, tx *store.Tx, d domain.Device, now time.Time) error {
	ended, err := tx.EndDeviceSessions(ctx, d.AccountID, d.ID, now)
	if err != nil {
		return err
	}
	return tellEnded(ctx, tx, d.AccountID, ended...)
}

func provenLately(ctx context.Context, now time.Time) error {
	user, _ := rpc.UserOf(ctx)
	return user.CheckRecent(Recent, now)
}

// DeleteDevice forgets a device and ends its sessions.
func (a *App) DeleteDevice(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.LockDevice(ctx, account, id)
		if err != nil {
			return err
		}
		now := a.Now()
		if d.Forbidden() {
			if err := provenLately(ctx, now); err != nil {
				return err
			}
			event := &eventsv1.DeviceAllowed{AccountId: account.String(), DeviceId: id.String()}
			if err := tx.Emit(ctx, account.String(), event); err != nil {
				return err
			}
		}
		if err := endDeviceSessions(ctx, tx, d, now); err != nil {
			return err
		}
		return tx.DeleteDevice(ctx, id)
	})
}
