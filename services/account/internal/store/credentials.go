package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// PutCredential stores the hash of an account's password.
func (t *Tx) PutCredential(ctx context.Context, account uuid.UUID, phc string, at time.Time) error {
	row, err := credentialRow(t.keys, account, phc, at)
	if err != nil {
		return err
	}
	return t.q.PutCredential(ctx, row)
}

func credentialRow(keys *secret.Keys, account uuid.UUID, phc string, at time.Time) (db.PutCredentialParams, error) {
	sealed, err := keys.Seal([]byte(phc), credentialAD(account))
	return db.PutCredentialParams{AccountID: account, Sealed: sealed, SetAt: at}, err
}

// LockCredential is [conn.Credential]: until the transaction ends nobody changes it. Empty: there is none.
func (t *Tx) LockCredential(ctx context.Context, account uuid.UUID) (string, error) {
	sealed, err := t.q.LockCredential(ctx, account)
	if pg.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return t.openCredential(account, sealed)
}

// SetCredential stores the hash of an account's password, its first or another.
func (t *Tx) SetCredential(ctx context.Context, account uuid.UUID, phc string, at time.Time) error {
	row, err := credentialRow(t.keys, account, phc, at)
	if err != nil {
		return err
	}
	return t.q.SetCredential(ctx, db.SetCredentialParams(row))
}

// Credential is the hash of an account's password.
func (c conn) Credential(ctx context.Context, account uuid.UUID) (string, error) {
	sealed, err := c.q.GetCredential(ctx, account)
	if err != nil {
		return "", err
	}
	return c.openCredential(account, sealed)
}

// Holder is whom an identifier belongs to: the account with what a session tells of it, and what it takes to sign in.
type Holder struct {
	AccountID uuid.UUID
	Level     accountv1.Level
	Language  string
	// PHC is the hash of the password, empty: there is none.
	PHC string
	// Factors are the kinds of second factors that are bound.
	Factors []domain.StepKind
	// Remembered: the device stands for the second factor.
	Remembered bool
	// Device is what the person has said about signing in on it.
	Device domain.DeviceState
	// DeviceHash is of the token by which the device is known to the account, of those that it has; nil: by none.
	DeviceHash []byte
}

// HolderOf finds whom the identifier belongs to; empty when that is nobody.
func (c conn) HolderOf(ctx context.Context, i domain.Identifier, d domain.DeviceHashes, now time.Time) (Holder, error) {
	find := search(c.keys, i)
	row, err := c.q.FindHolder(ctx, db.FindHolderParams{
		Devices: d.Each(), Now: now, Kind: find.Kind, KeyIds: find.KeyIds, KeyValues: find.KeyValues,
	})
	return c.holder(db.GetHolderRow(row), err)
}

// Holder is that of an account; empty when there is no such account.
func (c conn) Holder(ctx context.Context, account uuid.UUID, d domain.DeviceHashes, now time.Time) (Holder, error) {
	row, err := c.q.GetHolder(ctx, db.GetHolderParams{AccountID: account, Devices: d.Each(), Now: now})
	return c.holder(row, err)
}

func (c conn) holder(row db.GetHolderRow, err error) (Holder, error) {
	if pg.IsNotFound(err) {
		return Holder{}, nil
	}
	if err != nil {
		return Holder{}, err
	}
	h := Holder{
		AccountID: row.AccountID, Level: accountv1.Level(row.Level), Language: row.Language, Remembered: row.Remembered,
		DeviceHash: row.Device,
		Device: domain.DeviceState{
			Known: row.DeviceKnown, Forbidden: row.DeviceForbidden, HadDevices: row.HadDevices, Locked: row.SignInLocked,
			OnlyKnown: accountv1.NewDevices(row.NewDevices) == accountv1.NewDevices_FORBID,
		},
	}
	for _, k := range row.Factors {
		h.Factors = append(h.Factors, domain.StepKind(k))
	}
	if row.Sealed != nil {
		h.PHC, err = c.openCredential(row.AccountID, row.Sealed)
	}
	return h, err
}

func (c conn) openCredential(account uuid.UUID, sealed []byte) (string, error) {
	phc, err := c.keys.Open(sealed, credentialAD(account))
	return string(phc), err
}

func credentialAD(account uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "credentials", Row: account.String(), Column: "sealed"}
}
