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

// Addresses are those of the account after one of them, in the order they were created.
func (c conn) Addresses(ctx context.Context, account, after uuid.UUID, limit int32) ([]domain.Versioned[domain.Address], error) {
	rows, err := c.q.ListAddresses(ctx, db.ListAddressesParams{AccountID: account, After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]domain.Versioned[domain.Address], 0, len(rows))
	for _, row := range rows {
		v, err := c.address(row)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Address is one of the account's.
func (c conn) Address(ctx context.Context, account, id uuid.UUID) (domain.Versioned[domain.Address], error) {
	row, err := c.q.GetAddress(ctx, db.GetAddressParams{ID: id, AccountID: account})
	return c.found(db.ListAddressesRow(row), err)
}

// LockAddress is one of the account's; it and the person are locked until the transaction ends.
func (t *Tx) LockAddress(ctx context.Context, account, id uuid.UUID) (domain.Versioned[domain.Address], error) {
	row, err := t.q.LockAddress(ctx, db.LockAddressParams{ID: id, AccountID: account})
	return t.found(db.ListAddressesRow(row), err)
}

func (c conn) found(row db.ListAddressesRow, err error) (domain.Versioned[domain.Address], error) {
	if pg.IsNotFound(err) {
		return domain.Versioned[domain.Address]{}, domain.AddressNotFound()
	}
	if err != nil {
		return domain.Versioned[domain.Address]{}, err
	}
	return c.address(row)
}

func (c conn) address(row db.ListAddressesRow) (domain.Versioned[domain.Address], error) {
	v := domain.Versioned[addressData]{ID: row.ID, Version: row.Version}
	err := c.open(row.Data, addresses, row.ID, "data", &v.Value)
	v.Value.Type = row.Type
	return versioned(v, addressData.value), err
}

// InsertAddress adds one; a second of its type is refused.
func (t *Tx) InsertAddress(
	ctx context.Context, account uuid.UUID, v domain.Address, at time.Time,
) (domain.Versioned[domain.Address], error) {
	made := domain.Versioned[domain.Address]{ID: secret.NewID(), Version: 1, Value: v}
	data, err := t.seal(addresses, made.ID, "data", addressRow(v))
	if err != nil {
		return made, err
	}
	err = t.q.InsertAddress(ctx, db.InsertAddressParams{ID: made.ID, AccountID: account, Type: v.Type.String(), Data: data, At: at})
	if pg.IsUnique(err, "addresses_account_id_type_key") {
		return made, errs.New(errorsv1.Reason_ADDRESS_EXISTS, "there is an address of this type already")
	}
	return made, err
}

// EditAddress stores the next version.
func (t *Tx) EditAddress(
	ctx context.Context, id uuid.UUID, v domain.Address, at time.Time,
) (domain.Versioned[domain.Address], error) {
	next := domain.Versioned[domain.Address]{ID: id, Value: v}
	data, err := t.seal(addresses, id, "data", addressRow(v))
	if err != nil {
		return next, err
	}
	next.Version, err = t.q.EditAddress(ctx, db.EditAddressParams{ID: id, Data: data, UpdatedAt: at})
	return next, err
}

// DeleteAddress removes one of the account's.
func (t *Tx) DeleteAddress(ctx context.Context, account, id uuid.UUID) error {
	n, err := t.q.DeleteAddress(ctx, db.DeleteAddressParams{ID: id, AccountID: account})
	if err == nil && n == 0 {
		return domain.AddressNotFound()
	}
	return err
}
