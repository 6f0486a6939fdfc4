package app

import (
	"context"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// Claimed is a claim with the token that it is continued with, which is stored nowhere else.
type Claimed struct {
	domain.ContactClaim
	Token secret.String
}

// ClaimContact sends a code to a contact that somebody says to have. Whether an account has it is not even looked up.
func (a *App) ClaimContact(
	ctx context.Context, kind domain.Kind, typed string, answered idempotency.Hook[Claimed],
) (out Claimed, err error) {
	contact, err := a.ContactPolicy.Read(kind, typed)
	if err != nil {
		return out, err
	}
	now := a.Now()
	out.Token = secret.NewToken()
	out.ContactClaim = domain.ContactClaim{
		ID: a.idOf(ctx, "claim", now, string(kind), contact.Value), TokenHash: secret.HashToken(out.Token.Reveal()),
		State: domain.ClaimSent, Contact: contact, CreateTime: now, ExpireTime: now.Add(a.ContactPolicy.Life),
	}
	out.CodeExpireTime, out.ResendTime, err = a.send(ctx, claimCode(out.ContactClaim), firstSend, false)
	if err != nil {
		return out, err
	}
	return out, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		first, err := tx.InsertClaim(ctx, out.ContactClaim)
		if err != nil {
			return err
		}
		if !first {
			return idempotency.ErrConflict
		}
		return answered(ctx, tx, out)
	})
}

func claimCode(c domain.ContactClaim) contactCode {
	return contactCode{purpose: otpv1.Purpose_CONTACT_CLAIM, flow: c.ID, contact: c.Contact}
}

// ResendClaimCode sends another code, which voids the one before.
func (a *App) ResendClaimCode(
	ctx context.Context, token string, answered idempotency.Hook[Claimed],
) (out Claimed, err error) {
	c, err := a.Store.ClaimOf(ctx, token)
	if err != nil {
		return out, err
	}
	if err := c.CheckProvable(a.Now()); err != nil {
		return out, err
	}
	c.CodeExpireTime, c.ResendTime, err = a.send(ctx, claimCode(c), a.callID(ctx, "resend", c.ID.String()), false)
	if err != nil {
		return out, err
	}
	out.ContactClaim = c
	return out, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetClaimCode(ctx, c); err != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
}

// VerifyClaim has otp compare the code; then the claim waits, and the account's person is warned. Only who has proven to
// have the contact learns whether an account has it.
func (a *App) VerifyClaim(
	ctx context.Context, token, code string, answered idempotency.Hook[Claimed],
) (out Claimed, err error) {
	c, err := a.Store.ClaimOf(ctx, token)
	if err != nil {
		return out, err
	}
	if err := c.CheckProvable(a.Now()); err != nil {
		return out, err
	}
	if err := a.verify(ctx, claimCode(c), code); err != nil {
		return out, err
	}
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		out.ContactClaim, refusal, err = a.proveClaim(ctx, tx, c)
		if err != nil || refusal != nil {
			return err
		}
		return answered(ctx, tx, out)
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

// proveClaim lets a proven claim wait. A refused one has ended: its code is spent.
func (a *App) proveClaim(
	ctx context.Context, tx *store.Tx, c domain.ContactClaim,
) (next domain.ContactClaim, refusal, err error) {
	now := a.Now()
	owner, contacts, err := lockOwner(ctx, tx, c.Contact)
	if err != nil {
		return c, nil, err
	}
	if c, err = tx.LockClaim(ctx, c.ID); err != nil {
		return c, nil, err
	}
	if err := c.CheckProvable(now); err != nil {
		return c, nil, err
	}
	if refusal = contacts.CheckDetachable(c.Contact); refusal != nil {
		c.State = domain.ClaimGivenUp
		return c, refusal, tx.UpdateClaim(ctx, c)
	}
	own, _ := contacts.Of(c.Contact.Kind)
	c = c.Proven(owner, own, a.ContactPolicy, now, a.stopHash(stopClaim, c.ID))
	if err := tx.UpdateClaim(ctx, c); err != nil || owner == uuid.Nil {
		return c, nil, err
	}
	if err := tx.Enqueue(ctx, WarnOfClaimJob{ClaimID: c.ID}, nil); err != nil {
		return c, nil, err
	}
	return c, nil, tx.Emit(ctx, owner.String(), &eventsv1.ContactClaimed{
		AccountId: owner.String(), ClaimId: c.ID.String(), Kind: KindOf(c.Contact.Kind),
		EffectiveTime: timestamppb.New(c.EffectiveTime),
	})
}

// lockOwner locks the account that has a contact, and reads its contacts; Nil: none has.
func lockOwner(ctx context.Context, tx *store.Tx, i domain.Identifier) (uuid.UUID, domain.Contacts, error) {
	owner, found, err := tx.Owner(ctx, i)
	if err != nil || !found {
		return uuid.Nil, nil, err
	}
	if _, err := tx.LockAccount(ctx, owner); err != nil {
		return uuid.Nil, nil, err
	}
	contacts, err := tx.OwnContacts(ctx, owner)
	if err != nil || !contacts.Has(i) { // gone before the lock was there
		return uuid.Nil, nil, err
	}
	return owner, contacts, nil
}

// CompleteClaim takes the contact off the account, which loses nothing else: where codes for signing in went to it, the
// account's other factors go on being asked for. Done twice it is done once.
func (a *App) CompleteClaim(ctx context.Context, token string) (out Claimed, err error) {
	c, err := a.Store.ClaimOf(ctx, token)
	if err != nil || c.State == domain.ClaimFree {
		return Claimed{ContactClaim: c}, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		owner, contacts, err := lockOwner(ctx, tx, c.Contact)
		if err != nil {
			return err
		}
		if out.ContactClaim, err = tx.LockClaim(ctx, c.ID); err != nil || out.State == domain.ClaimFree {
			return err
		}
		if err := out.CheckCompletable(a.Now()); err != nil {
			return err
		}
		out.State = domain.ClaimFree
		return detach(ctx, tx, out.ContactClaim, owner, contacts)
	})
	return out, err
}

// detach takes the contact off the account that had it when it was proven, if it still has: whoever has proven it since keeps
// it.
func detach(
	ctx context.Context, tx *store.Tx, c domain.ContactClaim, owner uuid.UUID, contacts domain.Contacts,
) error {
	own, has := contacts.Of(c.Contact.Kind)
	if has && (owner != c.AccountID || !c.IsOf(own)) {
		return domain.NoClaim()
	}
	if err := contacts.CheckDetachable(c.Contact); err != nil {
		return err
	}
	if err := tx.UpdateClaim(ctx, c); err != nil || owner == uuid.Nil {
		return err
	}
	if _, err := tx.Remove(ctx, c.AccountID, own.ID); err != nil {
		return err
	}
	return tx.Emit(ctx, c.AccountID.String(), &eventsv1.ContactDetached{
		AccountId: c.AccountID.String(), ClaimId: c.ID.String(), Kind: KindOf(c.Contact.Kind),
	})
}

// CancelClaim stops a claim by the link that the account's other contacts were sent. One that was stopped stays so.
func (a *App) CancelClaim(ctx context.Context, token string) error {
	found, err := a.Store.ClaimToCancel(ctx, token)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, found.AccountID); err != nil {
			return err
		}
		c, err := tx.LockClaim(ctx, found.ID)
		if err != nil {
			return err
		}
		switch c.State {
		case domain.ClaimWaiting:
			return stopClaimed(ctx, tx, c)
		case domain.ClaimGivenUp:
			return nil
		default:
			return domain.NothingToStop()
		}
	})
}
