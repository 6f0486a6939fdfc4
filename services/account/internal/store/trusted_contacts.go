package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// InsertTrust stores an invitation.
func (t *Tx) InsertTrust(ctx context.Context, x domain.Trust) error {
	login, err := t.keys.Seal([]byte(x.Login.Value), trustAD(x.ID))
	if err != nil {
		return err
	}
	return t.q.InsertTrustedContact(ctx, db.InsertTrustedContactParams{
		ID: x.ID, PrincipalID: x.PrincipalID, ContactID: optionalID(x.ContactID), LoginKind: string(x.Login.Kind), Login: login,
		CreatedAt: x.CreateTime, EndsAt: optional(x.EndTime),
	})
}

// SetTrust stores that an invitation is accepted, or when it ends.
func (t *Tx) SetTrust(ctx context.Context, x domain.Trust) error {
	return t.q.SetTrust(ctx, db.SetTrustParams{ID: x.ID, AcceptedAt: optional(x.AcceptTime), EndsAt: optional(x.EndTime)})
}

// TrustedContact is the account's, or who was invited to be; false: there is neither.
func (c conn) TrustedContact(ctx context.Context, principal uuid.UUID, now time.Time) (domain.Trust, bool, error) {
	row, err := c.q.GetTrustedContact(ctx, db.GetTrustedContactParams{PrincipalID: principal, Now: now})
	if pg.IsNotFound(err) {
		return domain.Trust{}, false, nil
	}
	out, err := c.trust(row, err)
	return out, err == nil, err
}

// Principals are those who trust the account, or have invited it, the earliest first.
func (c conn) Principals(ctx context.Context, contact uuid.UUID, now time.Time) ([]domain.Trust, error) {
	rows, err := c.q.ListPrincipals(ctx, db.ListPrincipalsParams{ContactID: contact, Now: now})
	if err != nil {
		return nil, err
	}
	out := make([]domain.Trust, len(rows))
	for i, row := range rows {
		if out[i], err = c.trust(row, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Principal is one of those; PRINCIPAL_NOT_FOUND when there is no such one.
func (c conn) Principal(ctx context.Context, id, contact uuid.UUID, now time.Time) (domain.Trust, error) {
	row, err := c.q.GetPrincipal(ctx, db.GetPrincipalParams{ID: id, ContactID: contact, Now: now})
	if pg.IsNotFound(err) {
		err = domain.NoPrincipal()
	}
	return c.trust(row, err)
}

// CountInvitations is how many the account has sent since an instant, and when the first of them was.
func (c conn) CountInvitations(ctx context.Context, principal uuid.UUID, since time.Time) (int, time.Time, error) {
	row, err := c.q.CountInvitations(ctx, db.CountInvitationsParams{PrincipalID: principal, Since: since})
	return int(row.N), row.First, err
}

// CountInvitationsTo is how many were sent to an account since an instant.
func (c conn) CountInvitationsTo(ctx context.Context, contact uuid.UUID, since time.Time) (int, error) {
	n, err := c.q.CountInvitationsTo(ctx, db.CountInvitationsToParams{ContactID: optionalID(contact), Since: since})
	return int(n), err
}

func (c conn) trust(row db.TrustedContact, err error) (domain.Trust, error) {
	if err != nil {
		return domain.Trust{}, err
	}
	login, err := c.keys.Open(row.Login, trustAD(row.ID))
	return domain.Trust{
		ID: row.ID, PrincipalID: row.PrincipalID, ContactID: row.ContactID.UUID, Login: contactOf(row.LoginKind, string(login)),
		CreateTime: row.CreatedAt, AcceptTime: instant(row.AcceptedAt), EndTime: instant(row.EndsAt),
	}, err
}

func trustAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "trusted_contacts", Row: id.String(), Column: "login"}
}
