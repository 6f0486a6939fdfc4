package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// replacePassword stores the hash of another password, or takes the present one away, and forgives the wrong ones that were typed at
// the address before: whoever has forgotten a password has typed some.
func (a *App) replacePassword(ctx context.Context, tx *store.Tx, r domain.SignIn, phc string, now time.Time) error {
	var err error
	if phc == "" {
		err = tx.DeleteCredential(ctx, r.AccountID)
	} else {
		err = tx.SetCredential(ctx, r.AccountID, phc, now)
	}
	if err != nil {
		return err
	}
	target := a.target(ctx, "account", r.AccountID.String())
	before, err := tx.LockFailures(ctx, target, a.Throttle.Expiry(domain.FailureCounts{}, now))
	if err != nil {
		return err
	}
	next := a.Throttle.AfterSuccess(before)
	return tx.SetFailures(ctx, target, before, next, a.Throttle.Expiry(next, now))
}

// endAll shuts everybody out of an account: its sessions, sign-ins under way and other recoveries end, and its remembered devices are
// forgotten. Whoever was kept out by the person can sign in again, with what the recovery has set. It says which sessions ended.
func endAll(ctx context.Context, tx *store.Tx, account uuid.UUID, now time.Time) ([]uuid.UUID, error) {
	if err := tx.EndRecoveries(ctx, account, now); err != nil {
		return nil, err
	}
	if err := tx.OpenSignIn(ctx, account); err != nil {
		return nil, err
	}
	if err := tx.EndSignInNotices(ctx, account, now); err != nil {
		return nil, err
	}
	ended, err := endSessions(ctx, tx, account, uuid.Nil, now)
	if err != nil {
		return nil, err
	}
	return ended, tx.DistrustDevices(ctx, account) // after the end of sign-ins under way, which may have had one remembered
}

// undoSince takes off an account what somebody who has come into it may have put there to stay: factors, a trusted contact, contacts
// beside older ones, and what is to become of its contacts. Without that he would be the one who recovers it, or nobody would.
func (a *App) undoSince(ctx context.Context, tx *store.Tx, account uuid.UUID, since, now time.Time) error {
	all, err := tx.Factors(ctx, account)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.ActivateTime.Before(since) && f.CreateTime.Before(since) {
			continue
		}
		if err := removeFactor(ctx, tx, f); err != nil {
			return err
		}
	}
	if err := endYoungTrust(ctx, tx, account, since, now); err != nil {
		return err
	}
	if err := removeYoungContacts(ctx, tx, account, since); err != nil {
		return err
	}
	return a.endContactChanges(ctx, tx, account, now)
}

func removeFactor(ctx context.Context, tx *store.Tx, f domain.Factor) error {
	if err := tx.DeleteFactor(ctx, f.ID); err != nil || f.ActivateTime.IsZero() {
		return err
	}
	return tellFactorRemoved(ctx, tx, f)
}

// removeYoungContacts takes off the contacts that were added since an instant, where older ones stay.
func removeYoungContacts(ctx context.Context, tx *store.Tx, account uuid.UUID, since time.Time) error {
	contacts, err := tx.OwnContacts(ctx, account)
	if err != nil {
		return err
	}
	older := contacts.Settled(since.Add(-time.Microsecond))
	for _, c := range contacts {
		if _, stays := older.ByID(c.ID); stays {
			continue
		}
		if _, err := tx.Remove(ctx, account, c.ID); err != nil {
			return err
		}
		event := &eventsv1.ContactRemoved{AccountId: account.String(), ContactId: c.ID.String(), Kind: KindOf(c.Kind)}
		if err := tx.Emit(ctx, event.GetAccountId(), event); err != nil {
			return err
		}
	}
	return nil
}

// endYoungTrust ends an agreement with a trusted contact that was made, or an invitation that was sent, since an instant.
func endYoungTrust(ctx context.Context, tx *store.Tx, account uuid.UUID, since, now time.Time) error {
	t, found, err := tx.TrustedContact(ctx, account, now)
	if err != nil || !found || t.Since().Before(since) {
		return err
	}
	return endTrust(ctx, tx, t, now)
}

// endContactChanges gives up what was to become of an account's contacts: whoever was in the account may have begun it.
func (a *App) endContactChanges(ctx context.Context, tx *store.Tx, account uuid.UUID, now time.Time) error {
	open, err := tx.OpenContactChanges(ctx, account, now)
	if err != nil {
		return err
	}
	for _, c := range open {
		if c.State == domain.Waiting {
			err = stop(ctx, tx, c, domain.GivenUp)
		} else {
			err = tx.UpdateContactChange(ctx, c.Ended(domain.GivenUp))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
