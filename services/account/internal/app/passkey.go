package app

import (
	"context"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// BeginPasskey begins a sign-in without a login: the passkey that the person chooses says whose it is.
func (a *App) BeginPasskey(ctx context.Context, surface accountv1.Surface, device string) (out Progress, err error) {
	in, err := a.begin(domain.SignIn{
		Purpose: domain.BeginSession, Subject: []byte{}, Surface: surface, Devices: deviceHashes(device), Needs: domain.PasskeyPaths(),
	}, a.Now())
	if err != nil {
		return out, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = a.open(ctx, tx, in)
		return err
	})
	return out, err
}
