package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
	"github.com/propusk-id/propusk/services/profile/internal/store/db"
)

const persons = "persons"

// Card is what one row holds of a person, opened as far as it was asked for.
type Card struct {
	Person   domain.Versioned[domain.Person]
	Contacts domain.Contacts
	// Live is the snapshot that holds the data: its state, and what it is of, but not its values.
	Live domain.Snapshot
}

// Card reads the account's card in one statement, and opens the parts that are asked for.
func (c conn) Card(ctx context.Context, account uuid.UUID, parts domain.CardParts) (out Card, err error) {
	row, err := c.q.GetCard(ctx, account)
	if err != nil {
		return out, noCard(err)
	}
	out.Live = domain.Snapshot{
		AccountID: account, State: profilev1.DataState(profilev1.DataState_value[row.State]), Vouched: row.Vouched,
		Person:   domain.Versioned[domain.Person]{ID: account, Version: row.PersonVersion},
		Passport: domain.Versioned[domain.Document]{ID: row.DocumentID, Version: row.DocumentVersion},
	}
	if parts.Person {
		out.Person, err = c.person(db.LockPersonRow{AccountID: row.AccountID, Version: row.Version, Data: row.Data})
	}
	if err == nil && (parts.UnprovenPhone || parts.UnprovenEmail) {
		err = c.open(row.Contacts, persons, account, "contacts", &out.Contacts)
	}
	out.Contacts = parts.Of(out.Contacts)
	return out, err
}

// LockContacts are those that sign-up left unproven, locked until the transaction ends.
func (t *Tx) LockContacts(ctx context.Context, account uuid.UUID) (out domain.Contacts, err error) {
	sealed, err := t.q.LockContacts(ctx, account)
	if err != nil {
		return out, noCard(err)
	}
	return out, t.open(sealed, persons, account, "contacts", &out)
}

// SetContacts stores those that are unproven.
func (t *Tx) SetContacts(ctx context.Context, account uuid.UUID, contacts domain.Contacts) error {
	sealed, err := t.seal(persons, account, "contacts", contacts)
	if err != nil {
		return err
	}
	return t.q.SetContacts(ctx, db.SetContactsParams{AccountID: account, Contacts: sealed})
}

// LockPerson is the card, locked: until the transaction ends nobody else edits or submits it.
func (t *Tx) LockPerson(ctx context.Context, account uuid.UUID) (domain.Versioned[domain.Person], error) {
	row, err := t.q.LockPerson(ctx, account)
	if err != nil {
		return domain.Versioned[domain.Person]{}, noCard(err)
	}
	return t.person(row)
}

func (c conn) person(row db.LockPersonRow) (domain.Versioned[domain.Person], error) {
	v := domain.Versioned[personData]{ID: row.AccountID, Version: row.Version}
	err := c.open(row.Data, persons, row.AccountID, "data", &v.Value)
	return versioned(v, personData.value), err
}

// PutPerson writes the card as sign-up knows it; false: the person has edited it, so it stays.
func (t *Tx) PutPerson(
	ctx context.Context, account uuid.UUID, p domain.Person, c domain.Contacts, at time.Time,
) (bool, error) {
	row, err := t.putPerson(account, p, c, at)
	if err != nil {
		return false, err
	}
	n, err := t.q.PutPerson(ctx, row)
	return n == 1, err
}

func (c conn) putPerson(account uuid.UUID, p domain.Person, contacts domain.Contacts, at time.Time) (db.PutPersonParams, error) {
	row := db.PutPersonParams{AccountID: account, At: at}
	var err error
	if row.Data, err = c.seal(persons, account, "data", personRow(p)); err != nil {
		return row, err
	}
	row.Contacts, err = c.seal(persons, account, "contacts", contacts)
	return row, err
}

// EditPerson stores the next version of the card.
func (t *Tx) EditPerson(
	ctx context.Context, account uuid.UUID, p domain.Person, at time.Time,
) (domain.Versioned[domain.Person], error) {
	v := domain.Versioned[domain.Person]{ID: account, Value: p}
	data, err := t.seal(persons, account, "data", personRow(p))
	if err != nil {
		return v, err
	}
	v.Version, err = t.q.EditPerson(ctx, db.EditPersonParams{AccountID: account, Data: data, UpdatedAt: at})
	return v, err
}

// DeleteCard removes everything about an account; false: there was nothing.
func (t *Tx) DeleteCard(ctx context.Context, account uuid.UUID) (bool, error) {
	n, err := t.q.DeletePerson(ctx, account)
	return n == 1, err
}

func noCard(err error) error {
	if pg.IsNotFound(err) {
		return errs.New(errorsv1.Reason_NOT_FOUND, "the account has no card")
	}
	return err
}
