package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// Contacts are the account's proven phone and e-mail; an empty one is none.
func (c conn) Contacts(ctx context.Context, account uuid.UUID) (phone, email string, err error) {
	own, err := c.OwnContacts(ctx, account)
	first, _ := own.Of(domain.Phone)
	second, _ := own.Of(domain.Email)
	return first.Value, second.Value, err
}

// OwnContacts are the account's proven contacts, the phone first.
func (c conn) OwnContacts(ctx context.Context, account uuid.UUID) (domain.Contacts, error) {
	rows, err := c.q.ListIdentifiers(ctx, db.ListIdentifiersParams{
		AccountID: account, Kinds: []string{string(domain.Phone), string(domain.Email)},
	})
	if err != nil {
		return nil, err
	}
	var out domain.Contacts
	for _, row := range rows {
		value, err := c.keys.Open(row.Sealed, identifierAD(row.ID))
		if err != nil {
			return nil, err
		}
		out = append(out, domain.Contact{
			ID: row.ID, Identifier: contactOf(row.Kind, string(value)), AddTime: instant(row.AddedAt),
		})
	}
	return out, nil
}

// contactOf is a contact as it was stored.
func contactOf(kind, value string) domain.Identifier {
	i := domain.Identifier{Kind: domain.Kind(kind), Key: value, Value: value}
	if i.Kind == domain.Email {
		i.Key = identifiers.Email(value).Key()
	}
	return i
}

// Remove takes a contact off the account; false: it has no such one.
func (t *Tx) Remove(ctx context.Context, account, id uuid.UUID) (bool, error) {
	n, err := t.q.DeleteIdentifier(ctx, db.DeleteIdentifierParams{ID: id, AccountID: account})
	return n == 1, err
}

// Replace gives the account a contact, under the id, in place of one or, for Nil, of none; false: another account has it.
// Until the transaction ends nobody else can claim the value.
func (t *Tx) Replace(ctx context.Context, account, old uuid.UUID, contact domain.Contact) (bool, error) {
	if err := t.lockValues(ctx, []domain.Identifier{contact.Identifier}); err != nil {
		return false, err
	}
	holder, found, err := t.Owner(ctx, contact.Identifier)
	if err != nil || found && holder != account {
		return false, err
	}
	if old != uuid.Nil {
		if _, err := t.Remove(ctx, account, old); err != nil {
			return false, err
		}
	}
	return true, t.insertIdentifier(ctx, account, contact)
}

// HasSMSFactor says whether codes for signing in go to the account's phone.
func (t *Tx) HasSMSFactor(ctx context.Context, account uuid.UUID) (bool, error) {
	return t.q.HasSMSFactor(ctx, account)
}

// InsertContactChange stores a change; false: the same request has.
func (t *Tx) InsertContactChange(ctx context.Context, c domain.ContactChange) (bool, error) {
	s := changeSealer{t.keys, c.ID}
	fresh, err := s.seal("sealed", c.New.Value)
	if err != nil {
		return false, err
	}
	old, err := s.seal("old_sealed", c.Old)
	if err != nil {
		return false, err
	}
	n, err := t.q.InsertContactChange(ctx, db.InsertContactChangeParams{
		ID: c.ID, AccountID: c.AccountID, Kind: string(c.Kind), State: string(c.State), Sealed: fresh,
		OldID: optionalID(c.OldID), OldSealed: old, CancelHash: c.CancelHash,
		CodeExpiresAt: optional(c.CodeExpireTime), ResendAt: optional(c.ResendTime), EffectiveAt: optional(c.EffectiveTime),
		CreatedAt: c.CreateTime, ExpiresAt: c.ExpireTime,
	})
	return n == 1, err
}

// UpdateContactChange stores how far a change has come.
func (t *Tx) UpdateContactChange(ctx context.Context, c domain.ContactChange) error {
	s := changeSealer{t.keys, c.ID}
	fresh, err := s.seal("sealed", c.New.Value)
	if err != nil {
		return err
	}
	old, err := s.seal("old_sealed", c.Old)
	if err != nil {
		return err
	}
	return t.q.UpdateContactChange(ctx, db.UpdateContactChangeParams{
		ID: c.ID, State: string(c.State), Sealed: fresh, OldID: optionalID(c.OldID), OldSealed: old,
		CancelHash: c.CancelHash, EffectiveAt: optional(c.EffectiveTime), ExpiresAt: c.ExpireTime,
	})
}

// SetContactCode notes the code that was sent for a change.
func (t *Tx) SetContactCode(ctx context.Context, c domain.ContactChange) error {
	return t.q.SetContactCode(ctx, db.SetContactCodeParams{
		ID: c.ID, CodeExpiresAt: optional(c.CodeExpireTime), ResendAt: optional(c.ResendTime),
	})
}

// EndUnproven gives up what of the kind was never proven, to make room for another.
func (t *Tx) EndUnproven(ctx context.Context, account uuid.UUID, kind domain.Kind) error {
	return t.q.EndUnproven(ctx, db.EndUnprovenParams{AccountID: account, Kind: string(kind)})
}

// ContactChange reads a change; CONTACT_NOT_FOUND when there is none.
func (c conn) ContactChange(ctx context.Context, id uuid.UUID) (domain.ContactChange, error) {
	row, err := c.q.GetContactChange(ctx, id)
	if pg.IsNotFound(err) {
		err = domain.NoContact()
	}
	return c.change(row, err)
}

// ContactChangeToCancel is the change that the token stops; LINK_INVALID when there is none.
func (c conn) ContactChangeToCancel(ctx context.Context, token string) (domain.ContactChange, error) {
	row, err := c.q.FindContactChange(ctx, secret.HashToken(token))
	if pg.IsNotFound(err) {
		err = domain.NoSuchLink()
	}
	return c.change(row, err)
}

// OpenContactChanges are the account's changes that are not at their end.
func (c conn) OpenContactChanges(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.ContactChange, error) {
	rows, err := c.q.ListOpenContactChanges(ctx, db.ListOpenContactChangesParams{AccountID: account, Now: now})
	if err != nil {
		return nil, err
	}
	out := make([]domain.ContactChange, len(rows))
	for i, row := range rows {
		if out[i], err = c.change(row, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CountContactChanges is how many contacts the account was to have since the instant, and when the first of them came.
func (c conn) CountContactChanges(ctx context.Context, account uuid.UUID, since time.Time) (int, time.Time, error) {
	row, err := c.q.CountContactChanges(ctx, db.CountContactChangesParams{AccountID: account, Since: since})
	return int(row.N), row.First, err
}

// ForgetOldContact wipes the value of the contact that has been told that it is the account's no more.
func (c conn) ForgetOldContact(ctx context.Context, id uuid.UUID) error {
	return c.q.ForgetOldContact(ctx, id)
}

func (c conn) change(row db.ContactChange, err error) (domain.ContactChange, error) {
	if err != nil {
		return domain.ContactChange{}, err
	}
	s := changeSealer{c.keys, row.ID}
	fresh, err := s.open("sealed", row.Sealed)
	if err != nil {
		return domain.ContactChange{}, err
	}
	old, err := s.open("old_sealed", row.OldSealed)
	out := domain.ContactChange{
		ID: row.ID, AccountID: row.AccountID, Kind: domain.Kind(row.Kind), State: domain.ContactState(row.State),
		OldID: row.OldID.UUID, Old: old, CancelHash: row.CancelHash,
		CodeExpireTime: instant(row.CodeExpiresAt), ResendTime: instant(row.ResendAt), EffectiveTime: instant(row.EffectiveAt),
		CreateTime: row.CreatedAt, ExpireTime: row.ExpiresAt,
	}
	if fresh != "" {
		out.New = contactOf(row.Kind, fresh)
	}
	return out, err
}

// changeSealer encrypts what is personal in one change; nothing is NULL.
type changeSealer struct {
	keys *secret.Keys
	id   uuid.UUID
}

func (s changeSealer) seal(column, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	return s.keys.Seal([]byte(value), s.ad(column))
}

func (s changeSealer) open(column string, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := s.keys.Open(sealed, s.ad(column))
	return string(plain), err
}

func (s changeSealer) ad(column string) secret.AssociatedData {
	return secret.AssociatedData{Table: "contact_changes", Row: s.id.String(), Column: column}
}

func optionalID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }
