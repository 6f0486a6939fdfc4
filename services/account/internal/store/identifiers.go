package store

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Owner finds the account that the identifier belongs to, under every live index key; false: it belongs to none.
func (c conn) Owner(ctx context.Context, i domain.Identifier) (uuid.UUID, bool, error) {
	id, err := c.q.FindIdentifier(ctx, search(c.keys, i))
	if pg.IsNotFound(err) {
		return uuid.Nil, false, nil
	}
	return id, err == nil, err
}

func search(keys *secret.Keys, i domain.Identifier) db.FindIdentifierParams {
	p := db.FindIdentifierParams{Kind: string(i.Kind)}
	for _, index := range keys.Indexes(string(i.Kind), i.Key) {
		p.KeyIds, p.KeyValues = append(p.KeyIds, index.KeyID), append(p.KeyValues, index.Value)
	}
	return p
}

// Claim assigns the identifiers to the account, all or none; false: one of them belongs to another. Until the
// transaction ends nobody else can claim the same values, under whatever index key.
func (t *Tx) Claim(ctx context.Context, account uuid.UUID, claims []domain.Identifier) (bool, error) {
	if err := t.lockValues(ctx, claims); err != nil {
		return false, err
	}
	var free []domain.Identifier
	for _, i := range claims {
		holder, found, err := t.Owner(ctx, i)
		if err != nil || found && holder != account {
			return false, err
		}
		if !found {
			free = append(free, i)
		}
	}
	for _, i := range free {
		if err := t.insertIdentifier(ctx, account, domain.Contact{ID: secret.NewID(), Identifier: i}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// lockValues takes the locks in one order, so that two claims never deadlock. The MAC key outlives the
// index keys: all processes lock one value by one number.
func (t *Tx) lockValues(ctx context.Context, claims []domain.Identifier) error {
	numbers := make([]int64, len(claims))
	for n, i := range claims {
		mac := t.keys.MAC("claim", []byte(i.Kind), []byte(i.Key))
		numbers[n] = int64(binary.BigEndian.Uint64(mac))
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		if err := t.q.LockValue(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) insertIdentifier(ctx context.Context, account uuid.UUID, i domain.Contact) error {
	row, err := identifierRow(t.keys, account, i)
	if err != nil {
		return err
	}
	err = t.q.InsertIdentifier(ctx, row)
	if pg.IsUnique(err, "identifiers_kind_index_key_id_index_value_key") {
		return pg.ErrRetry
	}
	return err
}

func identifierRow(keys *secret.Keys, account uuid.UUID, i domain.Contact) (db.InsertIdentifierParams, error) {
	index := keys.Index(string(i.Kind), i.Key)
	sealed, err := keys.Seal([]byte(i.Value), identifierAD(i.ID))
	return db.InsertIdentifierParams{
		ID: i.ID, AccountID: account, Kind: string(i.Kind), IndexKeyID: index.KeyID, IndexValue: index.Value, Sealed: sealed,
		AddedAt: optional(i.AddTime),
	}, err
}

func identifierAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "identifiers", Row: id.String(), Column: "sealed"}
}
