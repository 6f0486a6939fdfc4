package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Avatar is an account's picture; AVATAR_NOT_SET when it has none.
func (c conn) Avatar(ctx context.Context, account uuid.UUID) (domain.Avatar, error) {
	row, err := c.q.GetAvatar(ctx, account)
	if pg.IsNotFound(err) {
		return domain.Avatar{}, noAvatar()
	}
	if err != nil {
		return domain.Avatar{}, err
	}
	image, err := c.keys.Open(row.Sealed, avatarAD(account))
	return domain.Avatar{Image: image, SetTime: row.SetAt}, err
}

// SetAvatar stores an account's picture, in the place of the one before.
func (c conn) SetAvatar(ctx context.Context, account uuid.UUID, a domain.Avatar) error {
	sealed, err := c.keys.Seal(a.Image, avatarAD(account))
	if err != nil {
		return err
	}
	return c.q.SetAvatar(ctx, db.SetAvatarParams{AccountID: account, Sealed: sealed, SetAt: a.SetTime})
}

// DeleteAvatar takes the picture off an account; AVATAR_NOT_SET when it has none.
func (c conn) DeleteAvatar(ctx context.Context, account uuid.UUID) error {
	n, err := c.q.DeleteAvatar(ctx, account)
	if err == nil && n == 0 {
		return noAvatar()
	}
	return err
}

func noAvatar() error { return errs.New(errorsv1.Reason_AVATAR_NOT_SET, "the account has no picture") }

func avatarAD(account uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "avatars", Row: account.String(), Column: "sealed"}
}
