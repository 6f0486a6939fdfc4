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

// InsertClaim stores a claim; false: the same request has.
func (t *Tx) InsertClaim(ctx context.Context, c domain.ContactClaim) (bool, error) {
	sealed, err := t.keys.Seal([]byte(c.Contact.Value), claimAD(c.ID))
	if err != nil {
		return false, err
	}
	n, err := t.q.InsertContactClaim(ctx, db.InsertContactClaimParams{
		ID: c.ID, TokenHash: c.TokenHash, Kind: string(c.Contact.Kind), Sealed: sealed,
		CodeExpiresAt: c.CodeExpireTime, ResendAt: c.ResendTime, CreatedAt: c.CreateTime, ExpiresAt: c.ExpireTime,
	})
	return n == 1, err
}

// UpdateClaim stores how far a claim has come.
func (t *Tx) UpdateClaim(ctx context.Context, c domain.ContactClaim) error {
	return t.q.UpdateContactClaim(ctx, db.UpdateContactClaimParams{
		ID: c.ID, State: string(c.State), AccountID: optionalID(c.AccountID), ContactID: optionalID(c.ContactID),
		CancelHash: c.CancelHash, EffectiveAt: optional(c.EffectiveTime), ExpiresAt: c.ExpireTime,
	})
}

// SetClaimCode notes the code that was sent for a claim.
func (t *Tx) SetClaimCode(ctx context.Context, c domain.ContactClaim) error {
	return t.q.SetClaimCode(ctx, db.SetClaimCodeParams{ID: c.ID, CodeExpiresAt: c.CodeExpireTime, ResendAt: c.ResendTime})
}

// Claim is the claim that is continued with the token; CLAIM_NOT_FOUND when there is none.
func (c conn) ClaimOf(ctx context.Context, token string) (domain.ContactClaim, error) {
	row, err := c.q.FindContactClaim(ctx, secret.HashToken(token))
	return c.claim(row, err)
}

// ClaimByID reads a claim.
func (c conn) ClaimByID(ctx context.Context, id uuid.UUID) (domain.ContactClaim, error) {
	row, err := c.q.GetContactClaim(ctx, id)
	return c.claim(row, err)
}

// LockClaim reads a claim and locks it until the transaction ends.
func (t *Tx) LockClaim(ctx context.Context, id uuid.UUID) (domain.ContactClaim, error) {
	row, err := t.q.LockContactClaim(ctx, id)
	return t.claim(row, err)
}

// ClaimToCancel is the claim that the token stops; LINK_INVALID when there is none.
func (c conn) ClaimToCancel(ctx context.Context, token string) (domain.ContactClaim, error) {
	row, err := c.q.FindContactClaimToCancel(ctx, secret.HashToken(token))
	if pg.IsNotFound(err) {
		return domain.ContactClaim{}, domain.NoSuchLink()
	}
	return c.claim(row, err)
}

// WaitingClaims are the claims to contacts of the account.
func (c conn) WaitingClaims(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.ContactClaim, error) {
	rows, err := c.q.ListWaitingClaims(ctx, db.ListWaitingClaimsParams{AccountID: account, Now: now})
	if err != nil {
		return nil, err
	}
	out := make([]domain.ContactClaim, len(rows))
	for i, row := range rows {
		if out[i], err = c.claim(row, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c conn) claim(row db.ContactClaim, err error) (domain.ContactClaim, error) {
	if pg.IsNotFound(err) {
		return domain.ContactClaim{}, domain.NoClaim()
	}
	if err != nil {
		return domain.ContactClaim{}, err
	}
	value, err := c.keys.Open(row.Sealed, claimAD(row.ID))
	return domain.ContactClaim{
		ID: row.ID, TokenHash: row.TokenHash, State: domain.ClaimState(row.State), Contact: contactOf(row.Kind, string(value)),
		AccountID: row.AccountID.UUID, ContactID: row.ContactID.UUID, CancelHash: row.CancelHash,
		CodeExpireTime: row.CodeExpiresAt, ResendTime: row.ResendAt, EffectiveTime: instant(row.EffectiveAt), CreateTime: row.CreatedAt, ExpireTime: row.ExpiresAt,
	}, err
}

func claimAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "contact_claims", Row: id.String(), Column: "sealed"}
}
