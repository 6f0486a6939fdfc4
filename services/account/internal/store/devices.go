package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// DeviceUse is a sign-in on a device.
type DeviceUse struct {
	AccountID uuid.UUID
	// TokenHash is of the device's token.
	TokenHash []byte
	Seen      domain.Seen
	// TrustedUntil is until when it stands for the second factor; zero: this sign-in does not make it so.
	TrustedUntil, Time time.Time
}

// UseDevice stores, with the commit, that the account is signed in to on the device.
func (t *Tx) UseDevice(ctx context.Context, u DeviceUse) error {
	id := secret.NewID()
	sealed, err := sealName(t.keys, id, "")
	if err != nil {
		return err
	}
	seen, err := sealSeen(t.keys, deviceSeenAD(u.AccountID, u.TokenHash), u.Seen)
	if err != nil {
		return err
	}
	return t.last.UseDevice(ctx, db.UseDeviceParams{
		ID: id, AccountID: u.AccountID, TokenHash: u.TokenHash, Sealed: sealed, Seen: seen,
		TrustedUntil: optional(u.TrustedUntil), UsedAt: u.Time,
	})
}

// ForgetOldDevices makes, with the commit, room for a new device.
func (t *Tx) ForgetOldDevices(ctx context.Context, account uuid.UUID) error {
	return t.last.ForgetOldDevices(ctx, db.ForgetOldDevicesParams{AccountID: account, Kept: domain.MaxDevices})
}

// Devices are the account's, the one that was used last first.
func (c conn) Devices(ctx context.Context, account uuid.UUID) ([]domain.Device, error) {
	rows, err := c.q.ListDevices(ctx, account)
	if err != nil {
		return nil, err
	}
	out := make([]domain.Device, len(rows))
	for i, row := range rows {
		if out[i], err = c.device(row, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LockDevice reads the account's device and locks it until the transaction ends; DEVICE_NOT_FOUND when it has none with the id.
func (t *Tx) LockDevice(ctx context.Context, account, id uuid.UUID) (domain.Device, error) {
	row, err := t.q.LockDevice(ctx, db.LockDeviceParams{ID: id, AccountID: account})
	return t.device(row, err)
}

// SetDevice stores what the person has said of a device.
func (t *Tx) SetDevice(ctx context.Context, d domain.Device) error {
	sealed, err := sealName(t.keys, d.ID, d.Name)
	if err != nil {
		return err
	}
	return t.q.UpdateDevice(ctx, db.UpdateDeviceParams{
		ID: d.ID, Sealed: sealed, TrustedUntil: optional(d.TrustedUntil), ForbiddenAt: optional(d.ForbiddenTime),
	})
}

// DeleteDevice forgets a device.
func (t *Tx) DeleteDevice(ctx context.Context, id uuid.UUID) error { return t.q.DeleteDevice(ctx, id) }

// DeleteForbiddenDevices forgets an account's devices that were forbidden since an instant.
func (t *Tx) DeleteForbiddenDevices(ctx context.Context, account uuid.UUID, since time.Time) error {
	return t.q.DeleteForbiddenDevices(ctx, db.DeleteForbiddenDevicesParams{AccountID: account, Since: &since})
}

// DistrustDevices has none of the account's devices stand for a second factor any more.
func (t *Tx) DistrustDevices(ctx context.Context, account uuid.UUID) error {
	return t.q.DistrustDevices(ctx, account)
}

// DeviceOf is the device that the account's session is on; empty: it was forgotten, or there is no such session.
func (c conn) DeviceOf(ctx context.Context, account, session uuid.UUID) (uuid.UUID, error) {
	id, err := c.q.DeviceOfSession(ctx, db.DeviceOfSessionParams{ID: session, AccountID: account})
	if pg.IsNotFound(err) {
		return uuid.Nil, nil
	}
	return id.UUID, err
}

func (c conn) device(row db.Device, err error) (domain.Device, error) {
	if pg.IsNotFound(err) {
		return domain.Device{}, domain.NoDevice()
	}
	if err != nil {
		return domain.Device{}, err
	}
	d := domain.Device{
		ID: row.ID, AccountID: row.AccountID, TrustedUntil: instant(row.TrustedUntil), ForbiddenTime: instant(row.ForbiddenAt),
		CreateTime: row.CreatedAt, LastUseTime: row.LastUsedAt,
	}
	if d.Name, err = openName(c.keys, row.ID, row.Sealed); err != nil {
		return d, err
	}
	d.Seen, err = openSeen(c.keys, deviceSeenAD(row.AccountID, row.TokenHash), row.Seen)
	return d, err
}

// named is what a device's row seals.
type named struct {
	Name string `json:"name,omitempty"`
}

func sealName(keys *secret.Keys, id uuid.UUID, name string) ([]byte, error) {
	plain, err := json.Marshal(named{name})
	if err != nil {
		return nil, err
	}
	return keys.Seal(plain, nameAD(id))
}

func openName(keys *secret.Keys, id uuid.UUID, sealed []byte) (string, error) {
	plain, err := keys.Open(sealed, nameAD(id))
	if err != nil {
		return "", err
	}
	var n named
	err = json.Unmarshal(plain, &n)
	return n.Name, err
}

func sealSeen(keys *secret.Keys, ad secret.AssociatedData, s domain.Seen) ([]byte, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return keys.Seal(plain, ad)
}

// openSeen is nothing where the version before stored nothing.
func openSeen(keys *secret.Keys, ad secret.AssociatedData, sealed []byte) (s domain.Seen, err error) {
	if sealed == nil {
		return s, nil
	}
	plain, err := keys.Open(sealed, ad)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(plain, &s)
}

func nameAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "devices", Row: id.String(), Column: "sealed"}
}

// deviceSeenAD names a device as who signs in on it does, who does not know its id.
func deviceSeenAD(account uuid.UUID, tokenHash []byte) secret.AssociatedData {
	return secret.AssociatedData{Table: "devices", Row: account.String() + "/" + hex.EncodeToString(tokenHash), Column: "seen"}
}

// sessionSeenAD names a session as who uses it does.
func sessionSeenAD(tokenHash []byte) secret.AssociatedData {
	return secret.AssociatedData{Table: "sessions", Row: hex.EncodeToString(tokenHash), Column: "seen"}
}
