package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store/db"
)

const addresses = "addresses"

// ErrNoAddress refuses what is not there, or is somebody else's: nobody learns which.
func ErrNoAddress() error {
	return errs.New(errs.NotFound, errorsv1.Reason_ADDRESS_NOT_FOUND, "there is no such address")
}

// Addresses are the account's, in the order they were made.
func (r Reader) Addresses(ctx context.Context, account uuid.UUID) ([]domain.Kept[domain.Address], error) {
	rows, err := r.q.ListAddresses(ctx, account)
	if err != nil {
		return nil, err
	}
	out := make([]domain.Kept[domain.Address], 0, len(rows))
	for _, row := range rows {
		k, err := r.address(row)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// Address is one of the account's.
func (r Reader) Address(ctx context.Context, account, id uuid.UUID) (domain.Kept[domain.Address], error) {
	row, err := r.q.GetAddress(ctx, db.GetAddressParams{ID: id, AccountID: account})
	if pg.IsNotFound(err) {
		return domain.Kept[domain.Address]{}, ErrNoAddress()
	}
	if err != nil {
		return domain.Kept[domain.Address]{}, err
	}
	return r.address(db.ListAddressesRow(row))
}

func (r Reader) address(row db.ListAddressesRow) (domain.Kept[domain.Address], error) {
	k := domain.Kept[domain.Address]{ID: row.ID, Version: row.Version}
	err := r.open(row.Data, addresses, row.ID, "data", &k.Value)
	k.Value.Type = row.Type
	return k, err
}

// InsertAddress adds one; a second of its type is refused.
func (t *Tx) InsertAddress(
	ctx context.Context, account uuid.UUID, v domain.Address, at time.Time,
) (domain.Kept[domain.Address], error) {
	k := domain.Kept[domain.Address]{ID: secret.NewID(), Version: 1, Value: v}
	data, err := t.seal(addresses, k.ID, "data", v)
	if err != nil {
		return k, err
	}
	err = t.q.InsertAddress(ctx, db.InsertAddressParams{ID: k.ID, AccountID: account, Type: v.Type, Data: data, At: at})
	if pg.IsUnique(err, "addresses_account_id_type_key") {
		return k, errs.New(errs.Conflict, errorsv1.Reason_ADDRESS_EXISTS, "there is an address of this type already")
	}
	return k, err
}

// EditAddress stores the next version.
func (t *Tx) EditAddress(
	ctx context.Context, id uuid.UUID, v domain.Address, at time.Time,
) (domain.Kept[domain.Address], error) {
	k := domain.Kept[domain.Address]{ID: id, Value: v}
	data, err := t.seal(addresses, id, "data", v)
	if err != nil {
		return k, err
	}
	k.Version, err = t.q.EditAddress(ctx, db.EditAddressParams{ID: id, Data: data, UpdatedAt: at})
	return k, err
}

// DeleteAddress removes one of the account's.
func (t *Tx) DeleteAddress(ctx context.Context, account, id uuid.UUID) error {
	n, err := t.q.DeleteAddress(ctx, db.DeleteAddressParams{ID: id, AccountID: account})
	if err == nil && n == 0 {
		return ErrNoAddress()
	}
	return err
}
