package domain

import (
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// ClaimState is how far a claim has come.
type ClaimState string

// The states, as they are stored.
const (
	ClaimSent    ClaimState = "CODE_SENT"
	ClaimWaiting ClaimState = "WAITING"
	// ClaimFree: no account has the contact, or none any more.
	ClaimFree    ClaimState = "FREE"
	ClaimGivenUp ClaimState = "GIVEN_UP"
)

// ContactClaim is a contact that somebody says to have now, and that another person's account may still have.
type ContactClaim struct {
	ID        uuid.UUID
	TokenHash []byte
	State     ClaimState
	Contact   Identifier
	// AccountID is the account that has the contact, and ContactID its contact; Nil: none, or the contact was not proven yet.
	AccountID, ContactID uuid.UUID
	// CancelHash is of the token that stops it.
	CancelHash                 []byte
	CodeExpireTime, ResendTime time.Time
	EffectiveTime              time.Time
	CreateTime, ExpireTime     time.Time
}

// Proven is the claim once its code was typed: to a contact of the account, from which it is taken after the wait, or, with
// Nil, of nobody.
func (c ContactClaim) Proven(owner uuid.UUID, own Contact, p ContactPolicy, now time.Time, cancelHash []byte) ContactClaim {
	if owner == uuid.Nil {
		c.State = ClaimFree
		return c
	}
	c.State, c.AccountID, c.ContactID, c.CancelHash = ClaimWaiting, owner, own.ID, cancelHash
	c.EffectiveTime = now.Add(p.ClaimDelay)
	c.ExpireTime = c.EffectiveTime.Add(p.ClaimLife)
	return c
}

// IsOf says whether the account's contact is the one that the claim was proven against: one that its person has proven again since is
// another.
func (c ContactClaim) IsOf(own Contact) bool {
	return c.Contact.Kind == own.Kind && c.Contact.Key == own.Key && (c.ContactID == uuid.Nil || c.ContactID == own.ID)
}

// CheckProvable refuses to prove what does not wait for it.
func (c ContactClaim) CheckProvable(now time.Time) error {
	if c.State != ClaimSent || !now.Before(c.ExpireTime) {
		return NoClaim()
	}
	return nil
}

// CheckCompletable refuses to take a contact before its time, or in vain.
func (c ContactClaim) CheckCompletable(now time.Time) error {
	switch {
	case c.State == ClaimGivenUp:
		return errs.New(errorsv1.Reason_CLAIM_CANCELLED, "the account's person has stopped the claim")
	case c.State != ClaimWaiting || !now.Before(c.ExpireTime):
		return NoClaim()
	case now.Before(c.EffectiveTime):
		return errs.New(errorsv1.Reason_CLAIM_WAITING, "the claim waits").After(c.EffectiveTime.Sub(now))
	}
	return nil
}

// NoClaim refuses a token that no live claim has.
func NoClaim() error { return errs.New(errorsv1.Reason_CLAIM_NOT_FOUND, "there is no such claim") }

// CheckDetachable refuses to take its only contact from an account. The account's person could not be warned, since the
// warning would go to whoever claims the contact, and afterwards could neither sign in nor be reached: anybody who gets hold
// of a number for a week would end the accounts of its last owner. The new owner signs up with another contact instead.
func (c Contacts) CheckDetachable(i Identifier) error {
	if c.Has(i) && len(c) == 1 {
		return errs.New(errorsv1.Reason_CLAIM_LAST_CONTACT, "it is the account's only contact")
	}
	return nil
}
