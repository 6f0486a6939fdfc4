package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Account reads an account; ACCOUNT_NOT_FOUND when there is none.
func (c conn) Account(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	row, err := c.q.GetAccount(ctx, id)
	return account(row, err)
}

// LockAccount reads an account and locks it until the transaction ends.
func (t *Tx) LockAccount(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	row, err := t.q.LockAccount(ctx, id)
	return account(row, err)
}

// InsertAccount creates an account; false: there is one with this id.
func (t *Tx) InsertAccount(ctx context.Context, a domain.Account) (bool, error) {
	n, err := t.q.InsertAccount(ctx, db.InsertAccountParams{
		ID: a.ID, Level: int16(a.Level), Language: a.Language, CreatedAt: a.CreateTime,
	})
	return n == 1, err
}

// RaiseLevel stores the level and the evidence for it.
func (t *Tx) RaiseLevel(ctx context.Context, a domain.Account) error {
	return t.q.RaiseLevel(ctx, db.RaiseLevelParams{
		ID: a.ID, Level: int16(a.Level), SnapshotID: uuid.NullUUID{UUID: a.Snapshot, Valid: true},
		Method: int16(a.Method), ConfirmedAt: optional(a.ConfirmTime),
	})
}

// LockAccountAlone is [Tx.LockAccount], and keeps others from storing anything that refers to the account.
func (t *Tx) LockAccountAlone(ctx context.Context, id uuid.UUID) (domain.Account, error) {
	row, err := t.q.LockAccountAlone(ctx, id)
	return account(row, err)
}

// SetSettings stores what the person has set.
func (t *Tx) SetSettings(ctx context.Context, a domain.Account) error {
	return t.q.SetSettings(ctx, db.SetSettingsParams{
		ID: a.ID, Language: a.Language, Region: a.Region, NewDevices: int16(a.NewDevices),
		ThirdPartyAccess: int16(a.ThirdPartyAccess),
	})
}

// CloseSignIn has nobody sign in any more before a recovery.
func (t *Tx) CloseSignIn(ctx context.Context, account uuid.UUID, now time.Time) error {
	return t.q.CloseSignIn(ctx, db.CloseSignInParams{ID: account, Now: now})
}

// OpenSignIn has the account's person sign in again, on any device that is not forbidden: a recovery ends in it.
func (t *Tx) OpenSignIn(ctx context.Context, account uuid.UUID) error {
	return t.q.OpenSignIn(ctx, account)
}

func account(row db.Account, err error) (domain.Account, error) {
	if pg.IsNotFound(err) {
		return domain.Account{}, errs.New(errorsv1.Reason_ACCOUNT_NOT_FOUND, "there is no such account")
	}
	if err != nil {
		return domain.Account{}, err
	}
	return domain.Account{
		ID: row.ID, OID: row.Oid, Level: accountv1.Level(row.Level), Snapshot: row.SnapshotID.UUID,
		Method: accountv1.Method(row.Method), ConfirmTime: instant(row.ConfirmedAt),
		Language: row.Language, CreateTime: row.CreatedAt, Region: row.Region,
		NewDevices: accountv1.NewDevices(row.NewDevices), SignInLocked: row.SignInLockedAt != nil,
		ThirdPartyAccess: accountv1.ThirdPartyAccess(row.ThirdPartyAccess), Version: row.Version,
	}, nil
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
