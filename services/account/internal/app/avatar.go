package app

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Avatar is the account's picture.
func (a *App) Avatar(ctx context.Context, account uuid.UUID) (domain.Avatar, error) {
	return a.Store.Avatar(ctx, account)
}

// SetAvatar makes the account's picture from a file. Of the file nothing is kept.
func (a *App) SetAvatar(ctx context.Context, account uuid.UUID, file []byte) (out domain.Avatar, err error) {
	out.Image, err = a.Pictures.Make(ctx, file)
	if wrong := (errs.Problem{}); errors.As(err, &wrong) {
		return out, errs.Fields{{Name: "image", Reason: wrong.Reason, Max: wrong.Max}}.Err()
	}
	if err != nil {
		return out, err
	}
	out.SetTime = a.Now()
	return out, a.Store.SetAvatar(ctx, account, out)
}

// DeleteAvatar takes the picture off the account.
func (a *App) DeleteAvatar(ctx context.Context, account uuid.UUID) error {
	return a.Store.DeleteAvatar(ctx, account)
}
