package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/paging"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store"
)

// CreateAddress adds an address. Addresses are never locked: people move while they are verified.
func (a *App) CreateAddress(
	ctx context.Context, cmd CreateCommand[profilev1.AddressType],
	answered idempotency.Hook[domain.Versioned[domain.Address]],
) (out domain.Versioned[domain.Address], err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockPerson(ctx, cmd.Account); err != nil {
			return err
		}
		v, err := domain.NewAddress(cmd.Type, cmd.Edit)
		if err != nil {
			return err
		}
		if out, err = tx.InsertAddress(ctx, cmd.Account, v, a.Now()); err != nil {
			return err
		}
		if err := addressChanged(ctx, tx, cmd.Account, out.ID); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	return out, err
}

// ListAddresses is a page of the account's, and the token of the next.
func (a *App) ListAddresses(ctx context.Context, account uuid.UUID, q paging.Query) ([]domain.Versioned[domain.Address], string, error) {
	page, err := a.list("addresses").Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	list, err := a.Store.Addresses(ctx, account, page.After, page.Limit())
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(v domain.Versioned[domain.Address]) uuid.UUID { return v.ID })
}

// GetAddress is one of the account's.
func (a *App) GetAddress(ctx context.Context, account, id uuid.UUID) (domain.Versioned[domain.Address], error) {
	return a.Store.Address(ctx, account, id)
}

// UpdateAddress edits an address; an edit that changes nothing makes no new version.
func (a *App) UpdateAddress(ctx context.Context, cmd UpdateCommand) (out domain.Versioned[domain.Address], err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if out, err = tx.LockAddress(ctx, cmd.Account, cmd.ID); err != nil {
			return err
		}
		if err := out.CheckMatch(cmd.IfMatch); err != nil {
			return err
		}
		next, err := out.Value.Apply(cmd.Edit)
		if err != nil || next == out.Value {
			return err
		}
		if out, err = tx.EditAddress(ctx, cmd.ID, next, a.Now()); err != nil {
			return err
		}
		return addressChanged(ctx, tx, cmd.Account, cmd.ID)
	})
	return out, err
}

// DeleteAddress removes an address.
func (a *App) DeleteAddress(ctx context.Context, account, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DeleteAddress(ctx, account, id); err != nil {
			return err
		}
		return addressChanged(ctx, tx, account, id)
	})
}

func addressChanged(ctx context.Context, tx *store.Tx, account, id uuid.UUID) error {
	return tx.Emit(ctx, account.String(),
		&eventsv1.AddressChanged{AccountId: account.String(), AddressId: id.String()})
}
