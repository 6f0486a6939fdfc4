package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// DeleteContact removes a contact of the account, at once or after the wait, or gives one up that is not the account's yet.
func (a *App) DeleteContact(ctx context.Context, accountID, id uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		account, err := tx.LockAccount(ctx, accountID)
		if err != nil {
			return err
		}
		contacts, err := tx.OwnContacts(ctx, accountID)
		if err != nil {
			return err
		}
		if c, found := contacts.ByID(id); found {
			return a.remove(ctx, tx, account, c)
		}
		return a.giveUp(ctx, tx, accountID, id)
	})
}

// remove removes a contact that the account has. Asked for twice it is removed once.
func (a *App) remove(ctx context.Context, tx *store.Tx, account domain.Account, old domain.Contact) error {
	now := a.Now()
	c := domain.ContactChange{
		ID: secret.NewID(), AccountID: account.ID, Kind: old.Kind, State: domain.Unproven, CreateTime: now, ExpireTime: now,
	}.Replaces(old)
	waits, err := openChange(ctx, tx, c, now)
	if err != nil || waits.Removal() && waits.State == domain.Waiting {
		return err
	}
	if waits.State == domain.Waiting {
		return domain.ChangeWaits()
	}
	if err := checkRemovable(ctx, tx, c); err != nil {
		return err
	}
	wait, err := a.waitOf(ctx, tx, account, old)
	if err != nil {
		return err
	}
	if wait == 0 {
		c.State = domain.Effective
	} else {
		c = c.WaitingUntil(now.Add(wait), a.stopHash(stopChange, c.ID))
		if err := tx.EndUnproven(ctx, account.ID, c.Kind); err != nil {
			return err
		}
	}
	if _, err := tx.InsertContactChange(ctx, c); err != nil {
		return err
	}
	if wait == 0 {
		return a.takeEffect(ctx, tx, c)
	}
	return a.announce(ctx, tx, c)
}

// waitOf is for how long it can be stopped that a contact goes.
func (a *App) waitOf(ctx context.Context, tx *store.Tx, account domain.Account, goes domain.Contact) (time.Duration, error) {
	contacts, err := tx.OwnContacts(ctx, account.ID)
	if err != nil {
		return 0, err
	}
	changes, err := tx.OpenContactChanges(ctx, account.ID, a.Now())
	if err != nil {
		return 0, err
	}
	claims, err := tx.WaitingClaims(ctx, account.ID, a.Now())
	return a.ContactPolicy.Wait(account.Level, goes, contacts.Staying(goes.ID, changes, claims)), err
}

// openChange is the change of the same kind that is not at its end; zero when there is none.
func openChange(ctx context.Context, tx *store.Tx, c domain.ContactChange, now time.Time) (domain.ContactChange, error) {
	open, err := tx.OpenContactChanges(ctx, c.AccountID, now)
	if i := slices.IndexFunc(open, func(x domain.ContactChange) bool { return x.Kind == c.Kind }); i >= 0 {
		return open[i], err
	}
	return domain.ContactChange{}, err
}

// checkRemovable refuses to remove what signing in needs: the last contact, counting those that are to go as gone, and the
// phone that codes go to.
func checkRemovable(ctx context.Context, tx *store.Tx, c domain.ContactChange) error {
	contacts, err := tx.OwnContacts(ctx, c.AccountID)
	if err != nil {
		return err
	}
	left := contacts.Without(c.OldID)
	open, err := tx.OpenContactChanges(ctx, c.AccountID, c.CreateTime)
	if err != nil {
		return err
	}
	for _, other := range open {
		if other.Removal() && other.ID != c.ID {
			left = left.Without(other.OldID)
		}
	}
	if len(left) == 0 {
		return domain.LastContact()
	}
	if c.Kind != domain.Phone {
		return nil
	}
	used, err := tx.HasSMSFactor(ctx, c.AccountID)
	if err == nil && used {
		err = errs.New(errorsv1.Reason_CONTACT_IN_USE, "codes for signing in go to the phone")
	}
	return err
}

// giveUp ends a change before it has an effect.
func (a *App) giveUp(ctx context.Context, tx *store.Tx, account, id uuid.UUID) error {
	c, err := tx.ContactChange(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case c.AccountID == account && c.State == domain.Waiting && !c.Removal():
		return stop(ctx, tx, c, domain.GivenUp)
	case c.AccountID == account && c.State == domain.Unproven:
		return tx.UpdateContactChange(ctx, c.Ended(domain.GivenUp))
	}
	return domain.NoContact()
}

// KeepContact stops the removal of a contact, and the claims of others to it. One that stays anyway stays.
func (a *App) KeepContact(ctx context.Context, account, id uuid.UUID) (ContactShown, error) {
	now := a.Now()
	var out ContactShown
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		contacts, err := tx.OwnContacts(ctx, account)
		if err != nil {
			return err
		}
		c, found := contacts.ByID(id)
		if !found {
			return domain.NoContact()
		}
		if err := stopRemoval(ctx, tx, account, id, now); err != nil {
			return err
		}
		if err := stopClaims(ctx, tx, account, c, now); err != nil {
			return err
		}
		out, err = a.ownContact(ctx, tx, account, id)
		return err
	})
	return out, err
}

func stopRemoval(ctx context.Context, tx *store.Tx, account, id uuid.UUID, now time.Time) error {
	open, err := tx.OpenContactChanges(ctx, account, now)
	if err != nil {
		return err
	}
	for _, c := range open {
		if c.Removal() && c.OldID == id {
			return stop(ctx, tx, c, domain.GivenUp)
		}
	}
	return nil
}

func stopClaims(ctx context.Context, tx *store.Tx, account uuid.UUID, c domain.Contact, now time.Time) error {
	claims, err := tx.WaitingClaims(ctx, account, now)
	if err != nil {
		return err
	}
	for _, claim := range claims {
		if !claim.IsOf(c) {
			continue
		}
		if err := stopClaimed(ctx, tx, claim); err != nil {
			return err
		}
	}
	return nil
}

func stopClaimed(ctx context.Context, tx *store.Tx, claim domain.ContactClaim) error {
	claim.State = domain.ClaimGivenUp
	if err := tx.UpdateClaim(ctx, claim); err != nil {
		return err
	}
	return tx.Emit(ctx, claim.AccountID.String(), &eventsv1.ContactClaimCancelled{
		AccountId: claim.AccountID.String(), ClaimId: claim.ID.String(), Kind: KindOf(claim.Contact.Kind),
	})
}

// CancelContactChange stops a change by the link that its old contact was sent. Of this and the change taking effect one is
// first; a change that was stopped stays so.
func (a *App) CancelContactChange(ctx context.Context, token string) error {
	found, err := a.Store.ContactChangeToCancel(ctx, token)
	if err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, c, err := lockChange(ctx, tx, found.AccountID, found.ID)
		if err != nil {
			return err
		}
		switch c.State {
		case domain.Waiting:
			return stop(ctx, tx, c, domain.GivenUp)
		case domain.GivenUp:
			return nil
		default:
			return domain.NothingToStop()
		}
	})
}
